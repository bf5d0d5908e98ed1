"""The tools as a Model Context Protocol server, with the official Python SDK (the extra ``budget-kg[mcp]``)."""

from collections.abc import Callable
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from kg.agents.tools import Tools
from kg.errors import BudgetError

_INSTRUCTIONS = (
    "Published budgets of Chinese government departments as a knowledge graph. Every number comes with a citation: repeat it beside the "
    "number. A citation names the document, table, row, line or page and the hash of the file; a computed number cites the query and the "
    "version of the data. Begin with search_entity or schema_card. Amounts are in 元. Read-only."
)
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


def make_server(tools: Tools, version: str) -> MCPServer[Any]:
    """A server with the five tools; what they refuse is told to the agent in one line."""
    server: MCPServer[Any] = MCPServer("budget-kg", instructions=_INSTRUCTIONS, version=version, log_level="WARNING")

    @server.tool(title="按名称查找 Search", annotations=_READS)
    def search_entity(text: str, kind: str = "", year: int = 0, limit: int = 10) -> dict[str, Any]:
        """Find departments, disclosures, projects, policies, tables, codes, rules, indicators or findings by name (Chinese works best).

        kind: department, disclosure, project, policy, table, code, rule, target, finding, or empty for any. year: a fiscal year or 0.
        """
        return told(lambda: tools.search_entity(text, kind, year, limit))

    @server.tool(title="词汇卡 Schema card", annotations=_READS)
    def schema_card(topic: str = "") -> dict[str, Any]:
        """The prefixes, terms and named questions to write SPARQL with. topic: a word in Chinese or English to narrow the terms to, and to
        see the text of questions about it; empty for all classes and the list of questions."""
        return told(lambda: tools.schema_card(topic))

    @server.tool(title="查询 Run a query", annotations=_READS)
    def run_query(query: str, rows: int = 100) -> dict[str, Any]:
        """Run a SPARQL SELECT or ASK, bounded in time, memory and rows (500 at most). Select the cell or the disclosure beside each number
        to have the place it is printed at; other numbers cite the query that computed them."""
        return told(lambda: tools.run_query(query, rows))

    @server.tool(title="检查结果 Get a finding", annotations=_READS)
    def get_finding(finding: str) -> dict[str, Any]:
        """What a check found: rule, arithmetic, amounts, and where each figure is printed. finding: the address of a finding, or of a
        disclosure to list its findings."""
        return told(lambda: tools.get_finding(finding))

    @server.tool(title="引用 Cite a cell", annotations=_READS)
    def cite_cell(cell: str) -> dict[str, Any]:
        """The citation of a figure or statement: document, table, row, line or page, printed text, file hash. cell: its address."""
        return told(lambda: tools.cite_cell(cell))

    return server


def told(answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The answer; what is refused becomes an error of the tool, with its reason."""
    try:
        return answer()
    except BudgetError as error:
        raise ToolError(str(error)) from error
