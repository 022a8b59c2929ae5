import { html } from "~/lib/html";
import type { Html } from "~/lib/html";

export const section = (title: string, content: Html): Html =>
  html`<section class="perennial-card">
    <h2>${title}</h2>
    ${content}
  </section>`;
