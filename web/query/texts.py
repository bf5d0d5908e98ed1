"""What the query pages say, beside the words of the frame."""

TEXTS: dict[str, tuple[str, str]] = {
    "query.view": ("看法", "View"),
    "query.view.both": ("表与图", "Table and chart"),
    "query.view.table": ("表", "Table"),
    "query.view.chart": ("图", "Chart"),
    "query.view.links": ("关系图", "Map of links"),
    "query.chart": ("{heading}（图）", "{heading} (chart)"),
    "query.chart.column": ("画哪一列", "Column drawn"),
    "query.chart.left": ("另有 {count} 项没有画出，见表。", "{count} more are not drawn; see the table."),
    "query.links": ("关系图：左边指向右边", "Map of links, from left to right"),
    "query.links.left": ("另有 {count} 条没有画出，见表。", "{count} more are not drawn; see the table."),
    "query.format.excel.csv": ("Excel 用的 CSV", "CSV for Excel"),
    "query.all-years": ("全部", "All"),
    "query.unanswered": ("没有等到答案", "No answer in time"),
    "query.unanswered.time-limit": (
        "时间到了，查询还没有算完，已经停止。请选定年度、部门或别的参数，缩小范围再问；用 kg query 在本机运行没有时间限制。",
        "The query was still running when its time was up, and was stopped. Ask for less: choose a year, a name or another parameter; "
        "kg query on your own machine has no time limit.",
    ),
    "query.unanswered.memory-limit": (
        "查询需要的内存超过本站所给，已经停止。请缩小范围再问。",
        "The query needed more memory than is given here, and was stopped. Ask for less.",
    ),
    "query.unanswered.answer-size": ("答案太大，没有送出。请缩小范围再问。", "The answer is larger than is sent from here. Ask for less."),
    "query.unanswered.wait": (
        "现在提问的人多，还没有轮到。请稍后再试。",
        "Others are asking, and this query did not get its turn. Try again in a while.",
    ),
    "query.keep": ("固定地址", "Permanent link"),
    "query.keep.what": ("记下这个查询、现在的答案和数据版本", "keeps the query, the present answer and the version of the data"),
    "kept.title": ("固定的查询", "A kept query"),
    "kept.asked": ("{date} 提问，数据版本 {version}", "asked {date}, data version {version}"),
    "kept.state.current": ("此后数据没有变过。", "The data have not changed since."),
    "kept.state.same": ("现在的数据已更新，答案相同。", "The data are newer now; the answer is the same."),
    "kept.state.changed": ("现在的数据给出不同的答案。", "The data of today give another answer."),
    "kept.state.unknown": ("数据已更新；答案太大或查询太久，没有重新比较。", "The data are newer; this answer was not compared again."),
    "kept.now": ("看现在的答案", "The answer of today"),
    "kept.address": ("固定地址", "Permanent link"),
    "kept.embed": ("嵌入", "Embed"),
    "kept.embed.what": ("放进网页的框架：", "To put into a page as a frame:"),
    "kept.from": ("出自 {site}", "From {site}"),
}
