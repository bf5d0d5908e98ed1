// Suggestions while typing: a list box under the search field (the WAI-ARIA combobox pattern). Without this script the form searches.
const WAIT = 120;

for (const input of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "suggest";
  list.role = "listbox";
  list.ariaLabel = input.dataset.label;
  list.hidden = true;
  if (input.dataset.fill) input.after(list);
  else input.form.after(list);
  input.role = "combobox";
  input.autocomplete = "off";
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-autocomplete", "list");
  input.ariaExpanded = "false";

  let timer = 0;
  let asked = "";
  let active = -1;

  const close = () => {
    list.hidden = true;
    active = -1;
    input.ariaExpanded = "false";
    input.removeAttribute("aria-activedescendant");
  };

  // A field that is filled in keeps the address of the thing beside its name; any other one goes to the page of the thing.
  const choose = (item) => {
    if (!input.dataset.fill) return location.assign(item.dataset.href);
    input.value = item.dataset.name;
    input.form.elements[input.dataset.fill].value = item.dataset.thing;
    close();
  };

  const show = (hits) => {
    list.replaceChildren(
      ...hits.map((hit, index) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${index}`;
        item.role = "option";
        item.ariaSelected = "false";
        item.dataset.href = hit.href;
        item.dataset.name = hit.name;
        item.dataset.thing = hit.id;
        const name = document.createElement("b");
        name.textContent = hit.name;
        const detail = document.createElement("span");
        detail.textContent = [hit.kind, hit.year, hit.detail].filter(Boolean).join(" · ");
        item.append(name, detail);
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          choose(item);
        });
        return item;
      }),
    );
    list.hidden = hits.length === 0;
    input.ariaExpanded = String(hits.length > 0);
    active = -1;
  };

  const move = (step) => {
    const items = [...list.children];
    if (!items.length) return;
    items[active]?.setAttribute("aria-selected", "false");
    active = (active + step + items.length + (active < 0 && step < 0 ? 1 : 0)) % items.length;
    items[active].setAttribute("aria-selected", "true");
    items[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", items[active].id);
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.dataset.fill) input.form.elements[input.dataset.fill].value = "";
    const text = input.value.trim();
    if (!text) return close();
    timer = setTimeout(async () => {
      asked = text;
      const answer = await fetch(`${input.dataset.suggest}?${new URLSearchParams({ q: text })}`).catch(() => null);
      if (answer?.ok && asked === text && document.activeElement === input) show(await answer.json());
    }, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      choose(list.children[active]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
  input.addEventListener("blur", close);
}
