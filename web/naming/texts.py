"""What is said in place of names: of outcomes, changes, and of the numbers that the text of a disclosure states."""

from kg.subjects import SUBJECTS

TEXTS: dict[str, tuple[str, str]] = {
    "named.value": ("{subject}：{value}", "{subject}: {value}"),
    "named.outcome": ("{rule}：{outcome}（{disclosure}）", "{rule}: {outcome} ({disclosure})"),
    "named.link": ("{kind}：{one} – {other}", "{kind}: {one} – {other}"),
    "named.money": ("{amount} 万元", "{amount} yuan"),
    "named.money-in-yuan": ("{amount} 元", "{amount} yuan"),
    "named.report": ("校验报告：{disclosure}", "Validation of {disclosure}"),
    "named.change": ("{subject}：与上年相比", "{subject}: against last year"),
    "named.change-of": ("{subject}：比上年 {change}", "{subject}: {change} against last year"),
    "named.disclosure": ("{department}{year}年{kind}（{phase}）", "{department}, {phase} {year} ({kind})"),
    # Numbers that the text of a disclosure states
    **{f"fact.{subject.replace(':', '.')}": names for subject, names in SUBJECTS.items()},
}
