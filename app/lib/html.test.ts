import { Liquid } from "liquidjs";
import { describe, expect, it } from "vitest";

import { html, Html } from "./html";

const hostile = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `{{ shop.email }}`,
  `{% assign x = 1 %}{{ x }}`,
  `{%- raw -%}`,
  `{{'a'|upcase}}`,
  `{% endraw %}{{ customer | json }}`,
  "`' onmouseover='x",
];

/** What a browser makes of the text again. */
const decoded = (text: string) =>
  text
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

describe("the html template", () => {
  it.each(hostile)("shows %j as the text it is, after Liquid has run over the page", async (name) => {
    const page = html`<p title="${name}">${name}</p>`.value;
    const served: unknown = await new Liquid().parseAndRender(page);
    expect(served).toBe(page);
    const inner = /^<p title="([^<>"]*)">([^<>]*)<\/p>$/.exec(page);
    expect(inner && [decoded(inner[1] ?? ""), decoded(inner[2] ?? "")]).toEqual([name, name]);
  });

  it("cannot be tricked by a value that is split over two places", () => {
    expect(html`${"{"}${"{ shop.email }"}${"}"}`.value).not.toContain("{");
  });

  it("nests its own markup, joins lists and leaves out what is not there", () => {
    const items = ["a", "b"].map((item) => html`<li>${item}</li>`);
    const list = html`<ul>
      ${items}${null}${undefined}${false}${0}
    </ul>`;
    expect(list.value.replaceAll(/\s/g, "")).toBe("<ul><li>a</li><li>b</li>0</ul>");
    expect(html`${new Html("<b>ours</b>")}`.value).toBe("<b>ours</b>");
  });
});
