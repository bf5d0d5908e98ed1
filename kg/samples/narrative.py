"""Parts one, three and four: which sentences stand under which heading."""

from collections.abc import Iterator

from kg.records import DisclosureKind
from kg.samples import form, wording
from kg.samples.blocks import Block, Heading, Paragraph
from kg.samples.facts import FormVariant, SampleDisclosure
from kg.samples.sheets import sheet_blocks
from kg.samples.statements import Flow, ItemStatement
from kg.samples.style import Layout

_FUND_LABELS = {
    "general-budget": "一般公共预算拨款",
    "government-fund": "政府性基金预算拨款",
    "state-capital": "国有资本经营预算拨款",
}


def overview_blocks(sample: SampleDisclosure) -> Iterator[Block]:
    """Part one: duties, organisation and staff."""
    duties, organisation = form.numbered(form.overview_sections(sample))
    yield Heading(duties, 2)
    for ordinal, duty in zip(form.ORDINALS, sample.overview.duties, strict=False):
        yield Paragraph(f"（{ordinal}）{duty}")
    yield Heading(organisation, 2)
    for text in wording.organisation(sample):
        yield Paragraph(text)


def explanation_blocks(sample: SampleDisclosure, layout: Layout) -> Iterator[Block]:
    """Part three, section by section."""
    writer, stated = _Explanation(sample, layout), sample.narrative
    department = "部门" if sample.kind is DisclosureKind.DEPARTMENT else ""
    bodies = [
        writer.balance(),
        writer.flow(f"{sample.issuer}{department}收入预算", stated.income),
        writer.flow(f"{sample.issuer}{sample.fiscal_year}年支出预算", stated.expenditure),
        writer.appropriation(),
        writer.general_budget(),
        writer.basic(),
        writer.projects(),
        writer.fund("government-fund-expenditure", stated.government_fund),
        writer.fund("state-capital-expenditure", stated.state_capital),
        writer.three_public(),
    ]
    if sample.variant is FormVariant.TWELVE:
        bodies.append(writer.entrusted())
    bodies += [writer.carry_over(), writer.other_matters()]
    headings = form.sections(sample)
    if layout.short_first_heading:
        headings = (headings[0].replace("的总体说明", "总体说明"), *headings[1:])
    for heading, body in zip(form.numbered(headings), bodies, strict=True):
        yield Heading(heading, 2)
        yield from body


def glossary_blocks(sample: SampleDisclosure) -> Iterator[Block]:
    """Part four."""
    terms = wording.GLOSSARY if sample.variant is FormVariant.TWELVE else wording.GLOSSARY[:-1]
    for ordinal, (term, text) in zip(form.ORDINALS, terms, strict=False):
        yield Paragraph(f"{ordinal}、{term}：{text}", term)


class _Explanation:
    """The sections of part three; each method yields the blocks under one heading."""

    def __init__(self, sample: SampleDisclosure, layout: Layout) -> None:
        self.sample = sample
        self.layout = layout
        self.opening = f"{sample.issuer}{sample.fiscal_year}年"

    def _empty(self, kind: str) -> Iterator[Block]:
        if kind in self.sample.narrative.declared_empty:
            yield Paragraph(form.empty_sentence(kind, self.sample))

    def balance(self) -> Iterator[Block]:
        stated = self.sample.narrative.balance
        yield Paragraph(
            f"依照全口径预算要求，{self.opening}的各项收支全部编入{form.word(self.sample)}预算。"
            f"收支总预算{self.layout.money(stated.total)}。"
        )
        yield Paragraph(f"收入预算包括：{'、'.join(stated.sources)}。")
        yield Paragraph(f"支出预算包括：{'、'.join(stated.classes)}。")

    def flow(self, label: str, flow: Flow) -> Iterator[Block]:
        yield Paragraph(f"{label}{self.layout.money(flow.total)}，其中：")
        for stated in flow.statements:
            yield Paragraph(wording.statement(self.layout, stated))

    def appropriation(self) -> Iterator[Block]:
        stated, money = self.sample.narrative.appropriation, self.layout.money
        yield Paragraph(f"{self.sample.fiscal_year}年财政拨款收支总预算{money(stated.total)}。")
        funds = "、".join(f"{_FUND_LABELS[key]}{money(amount)}" for key, amount in stated.funds.items())
        yield Paragraph(f"收入预算包括：{funds}。")
        classes = "；".join(
            f"{spent.name}{money(spent.amount)}" + (f"，主要用于{spent.use}" if spent.use else "") for spent in stated.classes
        )
        yield Paragraph(f"一般公共预算支出包括：{classes}。")

    def general_budget(self) -> Iterator[Block]:
        stated, year = self.sample.narrative.general_budget, self.sample.fiscal_year
        yield Heading("（一）一般公共预算当年拨款规模变化情况", 3)
        yield Paragraph(f"{self.opening}一般公共预算拨款合计{self.layout.money(stated.total)}，其中：")
        for size in stated.scale:
            yield Paragraph(wording.statement(self.layout, size))
        yield Heading("（二）一般公共预算当年拨款结构情况", 3)
        for number, part in enumerate(stated.structure, start=1):
            share = "" if part.share is None else f"，占{self.layout.percent(part.share)}"
            yield Paragraph(f"{number}{self.layout.number_mark}{part.name}（类）{self.layout.money(part.amount)}{share}。")
        yield Heading("（三）一般公共预算当年拨款具体使用情况", 3)
        for number, item in enumerate(stated.items, start=1):
            yield Paragraph(f"{number}{self.layout.number_mark}{wording.item(self.layout, year, item)}")

    def basic(self) -> Iterator[Block]:
        stated, money = self.sample.narrative.basic, self.layout.money
        yield Paragraph(f"{self.opening}一般公共预算基本支出{money(stated.total)}，其中：")
        yield Paragraph(f"人员经费{money(stated.staff)}，主要包括：{'、'.join(stated.staff_items)}。")
        yield Paragraph(f"公用经费{money(stated.running)}，主要包括：{'、'.join(stated.running_items)}。")

    def projects(self) -> Iterator[Block]:
        numbered = enumerate(zip(form.ORDINALS, self.sample.projects, strict=False), start=1)
        for number, (ordinal, project) in numbered:
            yield Paragraph(f"{self.layout.project_mark.format(ordinal=ordinal, number=number)}项目名称：{project.name}")
            for text in wording.project(self.layout, project):
                yield Paragraph(text)
        yield from self._empty("general-budget-projects")

    def fund(self, kind: str, items: tuple[ItemStatement, ...]) -> Iterator[Block]:
        for number, item in enumerate(items, start=1):
            yield Paragraph(f"{number}{self.layout.number_mark}{wording.item(self.layout, self.sample.fiscal_year, item)}")
        yield from self._empty(kind)

    def three_public(self) -> Iterator[Block]:
        for text in wording.three_public(self.sample, self.layout):
            yield Paragraph(text)

    def entrusted(self) -> Iterator[Block]:
        table = self.sample.table("entrusted-services")
        for row in table.rows if table else ():
            name = "委托业务费合计" if row.key == "total" else row.name or row.key.removeprefix("item:")
            yield Paragraph(f"{name}{self.layout.money(row.cells['total'])}。")
        yield from self._empty("entrusted-services")

    def carry_over(self) -> Iterator[Block]:
        stated, money = self.sample.carry_over, self.layout.money
        if stated:
            yield Paragraph(
                f"{self.opening}上年结转结余{money(stated.total)}，包括：财政拨款{money(stated.fiscal)}，"
                f"非财政拨款{money(stated.non_fiscal)}，其中："
            )
            for number, item in enumerate(stated.items, start=1):
                yield Paragraph(f"{number}{self.layout.number_mark}{item.name}{money(item.amount)}，主要用于：{item.use}。")
        yield from self._empty("carry-over")

    def other_matters(self) -> Iterator[Block]:
        stated = self.sample.other_matters
        yield Heading("（一）单位运行经费情况", 3)
        yield Paragraph(f"{self.opening}的{wording.statement(self.layout, stated.operating_cost)}")
        yield Heading("（二）政府采购情况", 3)
        for text in wording.procurement(self.sample, self.layout):
            yield Paragraph(text)
        yield Heading("（三）国有资产占用使用情况", 3)
        for text in wording.assets(self.sample, self.layout):
            yield Paragraph(text)
        yield Heading("（四）预算绩效情况", 3)
        closing = "具体情况见下表：" if self.sample.sheets else ""
        yield Paragraph(wording.performance(self.sample, self.layout) + closing)
        yield from sheet_blocks(self.sample, self.layout)
        yield Heading("（五）其他需说明的事项", 3)
        yield Paragraph(stated.remarks or f"本{form.word(self.sample)}无其他需说明事项。")
