"""What a department does with its money in a year: the parts of the page of a disclosure and how its charts are drawn."""
