"""A small made-up Shanghai disclosure as content (lines and tables), with the facts it must give in every format."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tests.made_files import Content, Grid, Spans

Facts = dict[tuple[str, str, str], Decimal]

CLASSES = {"201": "一般公共服务支出", "208": "社会保障和就业支出", "221": "住房保障支出"}
NAMES = CLASSES | {
    "20103": "政府办公厅（室）及相关机构事务", "2010301": "行政运行", "2010302": "一般行政管理事务",
    "20805": "行政事业单位养老支出", "2080505": "机关事业单位基本养老保险缴费支出", "22102": "住房改革支出", "2210201": "住房公积金",
}  # fmt: skip
LEAVES = {
    "2010301": ("1234567.25", "0.00"),
    "2010302": ("0.00", "880000.50"),
    "2080505": ("96000.75", "0.00"),
    "2210201": ("50000.00", "0.00"),
}
ECONOMIC = {"301": "工资福利支出", "30101": "基本工资", "30108": "机关事业单位基本养老保险缴费", "302": "商品和服务支出", "30201": "办公费"}
ECONOMIC_LEAVES = {"30101": ("1200000.25", "0.00"), "30108": ("96000.75", "0.00"), "30201": ("0.00", "84567.00")}
ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Style:
    """What varies between publishers."""

    year: int = 2025
    word: str = "部门"
    issuer: str = "上海市静安区样例街道办事处"
    titles_with_year: bool = True
    zero: str = ""
    divided: bool = False
    total_first: bool = False
    item_form: str = "marks"


def _money(value: Decimal) -> str:
    return f"{value:,.2f}"


def _figure(value: Decimal, style: Style) -> str:
    return _money(value) if value else style.zero


class Made:
    """The document in one style: ``content`` in reading order, ``facts`` by table, row and column in 元."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.facts: Facts = {}
        self.content = tuple(self._content())

    def _sum(self, prefix: str) -> tuple[Decimal, Decimal]:
        chosen = [values for code, values in LEAVES.items() if code.startswith(prefix)]
        return sum((Decimal(basic) for basic, _ in chosen), Decimal(0)), sum((Decimal(project) for _, project in chosen), Decimal(0))

    def _fact(self, table: str, row: str, column: str, value: Decimal, printed: str, factor: int = 1) -> str:
        if printed:
            self.facts[table, row, column] = value * factor
        return printed

    def _title(self, name: str) -> Iterator[str]:
        style = self.style
        yield f"{style.year}年{style.word}{name}" if style.titles_with_year else f"{style.word}{name}"
        unit = "万元" if "三公" in name else "元"
        yield f"编制{style.word[-2:]}：{style.issuer}　　单位：{unit}"

    def _content(self) -> Iterator[Content]:
        style = self.style
        whole = "单位" if "单位" in style.word else "部门"
        yield f"上海市静安区{style.year}年区级{whole}预算"
        yield f"预算主管部门：{style.issuer}"
        yield f"{style.issuer}主要职能"
        yield "一、承办上级交办的事项。"
        yield f"{style.year}年{whole}预算编制说明"
        yield from self._narrative()
        yield from self._summary()
        yield from self._coded("收入预算总表", "revenue")
        yield from self._coded("支出预算总表", "expenditure")
        yield from self._fiscal()
        yield from self._coded("一般公共预算支出功能分类预算表", "general-budget-expenditure")
        for fund in ("政府性基金", "国有资本经营"):
            yield from self._title(f"{fund}预算支出功能分类预算表")
            rows = (*self._head("合计", "基本支出", "项目支出"), ("合计", "", "", "", "", "", ""))
            yield Grid(rows, self._head_spans(3) | {(3, 0): (1, 4)}, self._widths(3))
            yield f"注：本{whole}{style.year}年无{fund}预算财政拨款安排的预算，故本表为空表。"
        yield from self._economic()
        yield from self._three_public()
        yield "其他相关情况说明"
        yield f"一、{style.year}年“三公”经费预算情况说明"
        before = f"{style.year - 1}年预算"
        yield f"{style.year}年“三公”经费预算数为3.50万元，比{before}减少1.00万元。其中：因公出国（境）费0万元，与{before}持平。"

    def _narrative(self) -> Iterator[str]:
        style = self.style
        basic, project = self._sum("")
        total = _money((basic + project) / 10000)
        before = style.year - 1
        yield f"{style.year}年，{style.issuer}收入预算{total}万元，其中："
        yield f"财政拨款收入{total}万元，比{before}年预算增加12.00万元；事业收入0万元。"
        yield "财政拨款收入支出增加的主要原因是人员增加。"
        for order, code in enumerate(LEAVES, start=1):
            amount = _money(sum(self._sum(code)) / 10000)
            names = [NAMES[code[:3]], NAMES[code[:5]], NAMES[code]]
            written = {
                "marks": f"“{names[0]}（类）{names[1]}(款){names[2]}（项）”科目",
                "codes": f"“{names[0]}（{code[:3]}）{names[1]}（{code[3:5]}）{names[2]}（{code[5:]}）”科目",
                "dashes": f"“{names[0]}-{names[1]}—{names[2]}”科目",
                "unquoted": f"{names[0]}（类）{names[1]}（款）{names[2]}（项）",
            }[style.item_form]
            yield f"{order}. {written}{amount}万元，主要用于日常支出。"

    @staticmethod
    def _head(*columns: str) -> tuple[tuple[str, ...], ...]:
        rest = len(columns) - 1
        return (
            ("项目", "", "", "", "预算", *[""] * rest),
            ("功能分类科目编码", "", "", "功能分类科目名称", *columns),
            ("类", "款", "项", "", *[""] * len(columns)),
        )

    @staticmethod
    def _head_spans(columns: int) -> Spans:
        return {(0, 0): (1, 4), (0, 4): (1, columns), (1, 0): (1, 3), (1, 3): (2, 1)} | {(1, 4 + at): (2, 1) for at in range(columns)}

    @staticmethod
    def _widths(columns: int) -> tuple[int, ...]:
        return (28, 22, 22, 160, *[68] * columns)

    def _coded(self, title: str, table: str) -> Iterator[Content]:
        style = self.style
        yield from self._title(title)
        keys = ("total", "fiscal-subtotal", "own-funds-service") if table == "revenue" else ("total", "basic", "project")
        labels = ("合计", "财政拨款收入", "事业收入") if table == "revenue" else ("合计", "基本支出", "项目支出")
        body = []
        for code in [*sorted(NAMES), ""]:
            basic, project = self._sum(code)
            values = (basic + project, basic + project, Decimal(0)) if table == "revenue" else (basic + project, basic, project)
            row = code or "total"
            figures = [self._fact(table, row, key, value, _figure(value, style)) for key, value in zip(keys, values, strict=True)]
            parts = (code[:3], code[3:5], code[5:], NAMES[code]) if code else ("合计", "", "", "")
            body.append((*parts, *figures))
        if style.total_first:
            body = [body[-1], *body[:-1]]
        at = 3 if style.total_first else 2 + len(body)
        yield Grid((*self._head(*labels), *body), self._head_spans(3) | {(at, 0): (1, 4)}, self._widths(3))

    def _summary(self) -> Iterator[Content]:
        style = self.style
        yield from self._title("财务收支预算总表")
        basic, project = self._sum("")
        total = basic + project
        table = "revenue-expenditure-summary"
        zero = Decimal(0)
        income = [
            ("一、财政拨款收入", "fiscal-subtotal", total),
            ("1. 一般公共预算资金", "general-budget", total),
            ("2. 政府性基金", "government-fund", zero),
            ("3. 国有资本经营预算", "state-capital", zero),
            ("二、事业收入", "own-funds-service", zero),
        ]
        head = [("本年收入", "", "本年支出", ""), ("项目", "预算数", "项目", "预算数")]
        if style.divided:
            head = [("本年收入", "", "本年支出", "", "", "", ""), ("项目", "预算数", "项目", "预算数", "", "", ""),
                    ("", "", "", "合计", "基本支出", "", "项目支出"), ("", "", "", "", "人员经费", "公用经费", "")]  # fmt: skip
        body = []
        for order, (label, key, value) in enumerate(income):
            code = sorted(CLASSES)[order] if order < len(CLASSES) else ""
            left = (label, self._fact(table, f"income:{key}", "total", value, _figure(value, style)))
            right = [""] * (5 if style.divided else 2)
            if code:
                right = [f"{ORDINALS[order]}、{CLASSES[code]}", *self._expenditure(table, code)]
            body.append((*left, *right))
        left = ("收入总计", self._fact(table, "income:total", "total", total, _money(total)))
        body.append((*left, "支出总计", *self._expenditure(table, "")))
        spans: Spans = {(0, 0): (1, 2), (0, 2): (1, 5 if style.divided else 2)}
        if style.divided:
            spans |= {(1, 0): (3, 1), (1, 1): (3, 1), (1, 2): (3, 1), (1, 3): (1, 4), (2, 3): (2, 1), (2, 4): (1, 2), (2, 6): (2, 1)}
        yield Grid((*head, *body), spans, (110, 80, 110, *[70] * (4 if style.divided else 1)))

    def _expenditure(self, table: str, code: str) -> list[str]:
        basic, project = self._sum(code)
        row = f"expenditure:{code or 'total'}"
        values = {"total": basic + project}
        if self.style.divided:
            running = Decimal("84567.00") if code in ("201", "") else Decimal(0)
            values |= {"staff": basic - running, "running": running, "project": project}
        return [self._fact(table, row, key, value, _figure(value, self.style)) for key, value in values.items()]

    def _fiscal(self) -> Iterator[Content]:
        table = "fiscal-appropriation-summary"
        yield from self._title("财政拨款收支预算总表")
        head = (("财政拨款收入", "", "财政拨款支出", "", "", "", ""),
                ("项目", "预算数", "项目", "合计", "一般公共预算", "政府性基金预算", "国有资本经营预算"))  # fmt: skip
        body = []
        labels = [("一、一般公共预算资金", "general-budget"), ("二、政府性基金", ""), ("三、国有资本经营预算", "")]
        for order, code in enumerate([*sorted(CLASSES), ""]):
            total = sum(self._sum(code), Decimal(0))
            row = f"expenditure:{code or 'total'}"
            right = [self._fact(table, row, key, total, _money(total)) for key in ("total", "general-budget")]
            whole = sum(self._sum(""), Decimal(0))
            if not code:
                left = ("收入总计", self._fact(table, "income:total", "total", whole, _money(whole)))
            else:
                label, key = labels[order]
                left = (label, self._fact(table, f"income:{key}", "total", whole, _money(whole)) if key else "")
            name = f"{ORDINALS[order]}、{CLASSES[code]}" if code else "支出总计"
            body.append((*left, name, *right, "", ""))
        yield Grid((*head, *body), {(0, 0): (1, 2), (0, 2): (1, 5)}, (100, 70, 100, 60, 60, 60, 60))

    def _economic(self) -> Iterator[Content]:
        table = "basic-expenditure-economic"
        yield from self._title("一般公共预算基本支出部门预算经济分类预算表")
        head = (
            ("项目", "", "", "一般公共预算基本支出", "", ""),
            ("部门预算经济分类科目编码", "", "经济分类科目名称", "合计", "人员经费", "公用经费"),
            ("类", "款", "", "", "", ""),
        )
        body = []
        for code in [*sorted(ECONOMIC), ""]:
            chosen = [values for leaf, values in ECONOMIC_LEAVES.items() if leaf.startswith(code)]
            staff, running = (sum((Decimal(pair[at]) for pair in chosen), Decimal(0)) for at in (0, 1))
            values = {"total": staff + running, "staff": staff, "running": running}
            figures = [self._fact(table, code or "total", key, value, _figure(value, self.style)) for key, value in values.items()]
            body.append((*(code[:3], code[3:], ECONOMIC[code]), *figures) if code else ("合计", "", "", *figures))
        spans: Spans = {(0, 0): (1, 3), (0, 3): (1, 3), (1, 0): (1, 2), (1, 2): (2, 1), (1, 3): (2, 1), (1, 4): (2, 1), (1, 5): (2, 1)}
        yield Grid((*head, *body), spans | {(2 + len(body), 0): (1, 3)}, (30, 26, 180, 90, 90, 90))

    def _three_public(self) -> Iterator[Content]:
        table, style = "three-public-expenses", self.style
        yield from self._title("“三公”经费和机关运行经费预算表")
        year = f"{style.year}年" if style.zero else ""
        head = (
            (f"{year}“三公”经费预算数", "", "", "", "", "", f"{year}机关运行经费预算数"),
            ("合计", "因公出国（境）费", "公务接待费", "公务用车购置及运行费", "", "", ""),
            ("", "", "", "小计", "购置费", "运行费", ""),
        )
        printed = {
            "total": "3.50",
            "abroad": style.zero,
            "reception": "0.50",
            "vehicles": "3.00",
            "vehicle-purchase": style.zero,
            "vehicle-running": "3",
            "operating-cost": "8.46",
        }
        body = tuple(self._fact(table, row, "total", Decimal(text or 0), text, 10000) for row, text in printed.items())
        spans: Spans = {(0, 0): (1, 6), (0, 6): (3, 1), (1, 0): (2, 1), (1, 1): (2, 1), (1, 2): (2, 1), (1, 3): (1, 3)}
        yield Grid((*head, body), spans, (60, 80, 60, 60, 60, 60, 120))
