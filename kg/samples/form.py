"""The form itself: titles, labels, columns and headings that the finance departments prescribe (Xinjiang, 2024–2026).

``{word}`` stands for 部门 or 单位, ``{issuer}`` and ``{year}`` for themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kg.records import DisclosureKind
from kg.samples.facts import FormVariant, SampleDisclosure

WORDS = MappingProxyType({DisclosureKind.DEPARTMENT: "部门", DisclosureKind.UNIT: "单位"})
ORDINALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三")


@dataclass(frozen=True)
class FormTable:
    """A table of the form: its figure columns in order (key → label), and how the text says that it is empty."""

    title: str
    columns: Mapping[str, str]
    absence: str = ""


_BY_TYPE = {"total": "合计", "basic": "基本支出", "project": "项目支出"}
_BY_PART = {"total": "合计", "staff": "人员经费", "running": "公用经费", "project": "项目支出"}
_BY_FUND = {
    "total": "合计",
    "general-budget": "一般公共预算",
    "government-fund": "政府性基金",
    "state-capital": "国有资本经营预算",
}

TABLES: Mapping[str, FormTable] = MappingProxyType(
    {
        "revenue-expenditure-summary": FormTable("{word}收支总体情况表", {"total": "预算数"}),
        "revenue": FormTable(
            "{word}收入总体情况表",
            {
                "total": "总计",
                "fiscal-subtotal": "财政拨款（补助）小计",
                "general-budget": "一般公共预算",
                "general-budget-transfer": "上级一般公共预算安排的转移支付",
                "government-fund": "政府性基金预算",
                "government-fund-transfer": "上级政府性基金安排的转移支付",
                "state-capital": "国有资本经营预算",
                "state-capital-transfer": "上级国有资本经营预算安排的转移支付",
                "fiscal-special-account": "财政专户（教育收费）",
                "own-funds": "单位资金",
                "fiscal-carry-over": "财政拨款结转",
                "non-fiscal-carry-over": "非财政拨款结转结余",
            },
        ),
        "expenditure": FormTable("{word}支出总体情况表", _BY_TYPE),
        "fiscal-appropriation-summary": FormTable("财政拨款收支预算总体情况表", _BY_FUND | {"government-fund": "政府性基金预算"}),
        "general-budget-expenditure": FormTable("一般公共预算支出情况表", _BY_TYPE),
        "basic-expenditure-economic": FormTable(
            "一般公共预算基本支出情况表", {"total": "合计", "staff": "人员经费", "running": "公用经费"}
        ),
        "general-budget-projects": FormTable(
            "一般公共预算项目支出情况表",
            {
                "total": "项目支出合计",
                "economic-301": "工资福利支出",
                "economic-302": "商品和服务支出",
                "economic-303": "对个人和家庭的补助",
                "economic-307": "债务利息及费用支出",
                "economic-309": "资本性支出（基本建设）",
                "economic-310": "资本性支出",
                "economic-311": "对企业补助（基本建设）",
                "economic-312": "对企业补助",
                "economic-313": "对社会保障基金补助",
                "economic-399": "其他支出",
            },
            "没有使用一般公共预算安排项目支出",
        ),
        "government-fund-expenditure": FormTable("政府性基金预算支出情况表", _BY_PART, "没有使用政府性基金预算拨款安排的支出"),
        "state-capital-expenditure": FormTable("国有资本经营预算支出情况表", _BY_PART, "没有使用国有资本经营预算拨款安排的支出"),
        "three-public-expenses": FormTable("财政拨款“三公”经费支出情况表", _BY_FUND, "没有财政拨款“三公”经费预算的支出"),
        "entrusted-services": FormTable("财政拨款委托业务费支出情况表", _BY_FUND, "没有委托业务费预算的支出"),
        "carry-over": FormTable(
            "上年结转结余情况{detail}表",
            {
                "total": "合计",
                "fiscal-subtotal": "小计",
                "fiscal-staff": "人员经费",
                "fiscal-running": "公用经费",
                "fiscal-project": "项目支出",
                "non-fiscal-subtotal": "小计",
                "non-fiscal-staff": "人员经费",
                "non-fiscal-running": "公用经费",
                "non-fiscal-project": "项目支出",
            },
            "没有上年结转结余预算安排的支出",
        ),
    }
)

SUMMARY_INCOME: Mapping[str, str] = MappingProxyType(
    {
        "income:current-year": "一、本年收入",
        "income:general-budget": "1. 一般公共预算拨款",
        "income:general-budget-own": "其中：一般财力",
        "income:general-budget-transfer": "上级一般公共预算安排转移支付",
        "income:government-fund": "2. 政府性基金预算拨款",
        "income:government-fund-own": "其中：政府性基金收入",
        "income:government-fund-transfer": "上级政府性基金安排转移支付",
        "income:state-capital": "3. 国有资本经营预算拨款",
        "income:state-capital-own": "其中：国有资本经营收入",
        "income:state-capital-transfer": "上级国有资本经营预算安排转移支付",
        "income:fiscal-special-account": "4. 财政专户核拨",
        "income:own-funds": "5. 单位资金",
        "income:own-funds-service": "其中：事业收入",
        "income:own-funds-upper-subsidy": "上级补助收入",
        "income:own-funds-affiliate": "附属单位上缴收入",
        "income:own-funds-operating": "事业单位经营收入",
        "income:own-funds-other": "其他收入",
        "income:carry-over": "二、上年结转结余",
        "income:carry-over-fiscal": "1. 财政拨款结转",
        "income:carry-over-fiscal-general-budget": "其中：一般公共预算拨款",
        "income:carry-over-fiscal-government-fund": "政府性基金预算拨款",
        "income:carry-over-fiscal-state-capital": "国有资本经营预算拨款",
        "income:carry-over-non-fiscal": "2. 非财政拨款结转结余",
        "income:carry-over-non-fiscal-special-account": "其中：财政专户核拨",
        "income:carry-over-non-fiscal-own-funds": "单位资金",
    }
)
APPROPRIATION_INCOME = MappingProxyType(
    {
        "income:fiscal-subtotal": "一、财政拨款（补助）",
        "income:general-budget": "一般公共预算",
        "income:government-fund": "政府性基金预算",
        "income:state-capital": "国有资本经营预算",
    }
)
CLASSES = MappingProxyType(
    {
        "201": "一般公共服务支出",
        "202": "外交支出",
        "203": "国防支出",
        "204": "公共安全支出",
        "205": "教育支出",
        "206": "科学技术支出",
        "207": "文化旅游体育与传媒支出",
        "208": "社会保障和就业支出",
        "209": "社会保险基金支出",
        "210": "卫生健康支出",
        "211": "节能环保支出",
        "212": "城乡社区支出",
        "213": "农林水支出",
        "214": "交通运输支出",
        "215": "资源勘探工业信息等支出",
        "216": "商业服务业等支出",
        "217": "金融支出",
        "219": "援助其他地区支出",
        "220": "自然资源海洋气象等支出",
        "221": "住房保障支出",
        "222": "粮油物资储备支出",
        "223": "国有资本经营预算支出",
        "224": "灾害防治及应急管理支出",
        "227": "预备费",
        "229": "其他支出",
        "230": "转移性支出",
        "231": "债务还本支出",
        "232": "债务付息支出",
        "233": "债务发行费用支出",
        "234": "抗疫特别国债安排的支出",
    }
)
THREE_PUBLIC = MappingProxyType(
    {
        "abroad": "因公出国（境）费",
        "reception": "公务接待费",
        "vehicles": "公务用车购置及运行费（小计）",
        "vehicle-purchase": "公务用车购置费",
        "vehicle-running": "公务用车运行费",
    }
)
THREE_PUBLIC_LONG = MappingProxyType(
    {
        "abroad": "因公出国（境）费用",
        "reception": "公务接待费",
        "vehicles": "公务用车购置及运行维护费（小计）",
        "vehicle-purchase": "公务用车购置",
        "vehicle-running": "公务用车运行维护费",
    }
)
SECTIONS = (
    "关于{issuer}{year}年收支预算情况的总体说明",
    "关于{issuer}{year}年收入预算情况说明",
    "关于{issuer}{year}年支出预算情况说明",
    "关于{issuer}{year}年财政拨款收支预算情况的总体说明",
    "关于{issuer}{year}年一般公共预算当年拨款情况说明",
    "关于{issuer}{year}年一般公共预算基本支出情况说明",
    "关于{issuer}{year}年一般公共预算项目支出情况说明",
    "关于{issuer}{year}年政府性基金预算拨款情况说明",
    "关于{issuer}{year}年国有资本经营预算拨款情况说明",
    "关于{issuer}{year}年财政拨款“三公”经费预算情况说明",
    "关于{issuer}{year}年财政拨款委托业务费支出情况说明",
    "关于{issuer}{year}年上年结转结余预算情况说明",
    "其他重要事项的情况说明",
)
ENTRUSTED_SECTION = 10
SOURCES = MappingProxyType(
    {
        "general-budget": "一般公共预算",
        "general-budget-transfer": "上级一般公共预算安排的转移支付资金",
        "government-fund": "政府性基金预算",
        "government-fund-transfer": "上级政府性基金安排的转移支付资金",
        "state-capital": "国有资本经营预算",
        "state-capital-transfer": "上级国有资本经营预算安排的转移支付资金",
        "fiscal-special-account": "财政专户管理资金",
        "own-funds": "单位资金",
        "fiscal-carry-over": "财政拨款结转",
        "non-fiscal-carry-over": "非财政拨款结转结余",
        "basic": "基本支出",
        "project": "项目支出",
        "operating-cost": "机关运行经费财政拨款预算",
    }
)


def word(sample: SampleDisclosure) -> str:
    """部门 or 单位."""
    return WORDS[sample.kind]


def kinds(variant: FormVariant) -> tuple[str, ...]:
    """The table kinds of a form in printed order; the position gives the printed number."""
    return tuple(kind for kind in TABLES if variant is FormVariant.TWELVE or kind != "entrusted-services")


def title(kind: str, sample: SampleDisclosure) -> str:
    """A table's title as this form prints it."""
    detail = "" if sample.variant is FormVariant.TWELVE else "明细"
    return TABLES[kind].title.format(word=word(sample), detail=detail)


def parts(sample: SampleDisclosure) -> tuple[str, ...]:
    """The headings of the four parts."""
    of_year = f"{sample.fiscal_year}年{word(sample)}"
    return (
        f"第一部分 {of_year}概况",
        f"第二部分 {of_year}预算公开表",
        f"第三部分 {of_year}预算情况说明",
        "第四部分 名词解释",
    )


def overview_sections(sample: SampleDisclosure) -> tuple[str, ...]:
    """The section headings of part one."""
    return ("主要职能", "机构设置及人员情况" if sample.overview.staffing else "机构设置")


def sections(sample: SampleDisclosure) -> tuple[str, ...]:
    """The section headings of part three, in order and without ordinals."""
    wanted = [text for text in SECTIONS if sample.variant is FormVariant.TWELVE or text != SECTIONS[ENTRUSTED_SECTION]]
    return tuple(text.format(issuer=sample.issuer, year=sample.fiscal_year) for text in wanted)


def numbered(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Headings with their ordinals."""
    return tuple(f"{ordinal}、{text}" for ordinal, text in zip(ORDINALS, texts, strict=False))


def empty_sentence(kind: str, sample: SampleDisclosure) -> str:
    """The sentence that declares a table empty."""
    return f"{sample.issuer}{sample.fiscal_year}年{TABLES[kind].absence}，{title(kind, sample)}为空表。"


def empty_remark(kind: str, sample: SampleDisclosure) -> str:
    """The remark that declares a table empty in the table itself."""
    what = title(kind, sample).removesuffix("情况表").removesuffix("情况明细表")
    return f"备注：{sample.fiscal_year}年本{word(sample)}无{what}，此表为空表。"
