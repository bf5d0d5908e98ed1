// A network of things, drawn when it comes into view. The table beside it says the same and needs no script.
import cytoscape from "cytoscape";
import fcose from "cytoscape-fcose";

cytoscape.use(fcose);

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const style = () => [
  {
    selector: "node",
    style: {
      width: 14,
      height: 14,
      "background-color": colour("--c4-soft"),
      label: "data(short)",
      color: colour("--ink"),
      "font-size": 12,
      "font-family": getComputedStyle(document.body).fontFamily,
      "text-valign": "bottom",
      "text-margin-y": 4,
      "text-outline-color": colour("--paper"),
      "text-outline-width": 2,
      "text-wrap": "wrap",
      "text-max-width": 150,
    },
  },
  { selector: "node.centre", style: { "background-color": colour("--ink"), width: 20, height: 20, "font-weight": "bold" } },
  { selector: "node:active, node.near", style: { "background-color": colour("--c4") } },
  {
    selector: "edge",
    style: { width: 1, "line-color": colour("--line"), "target-arrow-color": colour("--line"), "target-arrow-shape": "triangle", "arrow-scale": 0.7, "curve-style": "bezier" },
  },
  {
    selector: "edge.near",
    style: { label: "data(label)", "font-size": 11, color: colour("--ink-2"), "line-color": colour("--c4"), "target-arrow-color": colour("--c4"), "text-outline-color": colour("--paper"), "text-outline-width": 2 },
  },
];

const shortened = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

async function draw(host) {
  const answer = await fetch(host.dataset.network).catch(() => null);
  if (!answer?.ok) {
    host.hidden = true;
    return;
  }
  const { nodes, edges } = await answer.json();
  host.replaceChildren();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const isNarrow = host.clientWidth < 600;
  const room = isNarrow ? 10 : 26;
  const network = cytoscape({
    container: host,
    elements: [
      ...nodes.map((node, index) => ({ data: { ...node, short: shortened(node.label, room) }, classes: index === 0 ? "centre" : "" })),
      ...edges.map((edge) => ({ data: edge })),
    ],
    style: style(),
    layout: { name: "fcose", animate: false, randomize: true, nodeSeparation: isNarrow ? 50 : 90, idealEdgeLength: isNarrow ? 55 : 110, nodeDimensionsIncludeLabels: true, quality: nodes.length > 40 ? "default" : "proof" },
    userZoomingEnabled: false,
    minZoom: 0.3,
    maxZoom: 1.6,
    autoungrabify: still,
  });
  network.on("tap", "node", (event) => location.assign(event.target.data("href")));
  network.on("mouseover", "node", (event) => {
    host.classList.add("points");
    event.target.addClass("near").connectedEdges().addClass("near");
  });
  network.on("mouseout", "node", (event) => {
    host.classList.remove("points");
    event.target.removeClass("near").connectedEdges().removeClass("near");
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => network.style(style()));
  new ResizeObserver(() => network.resize().fit(undefined, 20)).observe(host);
  host.dataset.drawn = String(nodes.length);
}

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    draw(target);
  }
}, { rootMargin: "200px" });
for (const host of document.querySelectorAll("[data-network]")) {
  host.hidden = false;
  seen.observe(host);
}
