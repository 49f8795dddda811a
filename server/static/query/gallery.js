// What this module knows: the example questions, how they are searched, and that one click asks one.

import { counted, find } from "./page.js";

/** @param {string} text */
const folded = (text) => text.normalize("NFKC").toLowerCase();

/**
 * @param {(query: string, name: string) => void} choose
 */
export function wakeGallery(choose) {
  const gallery = document.querySelector(".query-gallery");
  const search = document.querySelector("#gallery-search");
  if (!(gallery instanceof HTMLElement) || !(search instanceof HTMLInputElement)) return;
  find(".gallery-search").hidden = false;
  const items = [...gallery.querySelectorAll("li[data-name]")].filter((item) => item instanceof HTMLElement);
  const count = find(".gallery-count");
  const show = () => {
    const words = folded(search.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const item of items) {
      const query = new URL(item.querySelector("a")?.href ?? "", location.href).searchParams.get("query") ?? "";
      const text = folded(`${item.textContent} ${item.dataset.name} ${query}`);
      item.hidden = !words.every((word) => text.includes(word));
      if (!item.hidden) shown += 1;
    }
    count.textContent = counted("examples.count", shown);
  };
  search.addEventListener("input", show);
  show();
  gallery.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("li[data-name] a") : null;
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose(new URL(link.href).searchParams.get("query") ?? "", link.textContent?.trim() ?? "");
  });
}
