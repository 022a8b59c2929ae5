import { Html } from "~/lib/html";

/**
 * The portal's own few rules. Fonts and colours are the theme's: everything else is drawn with the text's colour, so it
 * is readable on whatever background the theme has. Targets are at least 44 px.
 */
export const style = new Html(`<style>
.perennial{box-sizing:border-box;max-width:56rem;margin:0 auto;padding:1rem 1rem 3rem;line-height:1.5}
.perennial *,.perennial *::before{box-sizing:inherit}
.perennial h1{margin:0 0 1.25rem;line-height:1.2}
.perennial h2{margin:0;font-size:1.25em;line-height:1.3}
.perennial h3{margin:1.5rem 0 .25rem;font-size:1em;line-height:1.3}
.perennial p{margin:.5rem 0}
.perennial .perennial-first{margin-top:1.25rem}
.perennial ul{list-style:none;margin:0;padding:0}
.perennial-card,.perennial-notice{border:1px solid;border-color:color-mix(in srgb,currentColor 30%,transparent);border-radius:8px;padding:1.25rem;margin:0 0 1.25rem}
.perennial-notice{border-width:2px;border-color:currentColor}
.perennial-notice :first-child{margin-top:0}
.perennial-head{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between}
.perennial-badge{border:1px solid currentColor;border-radius:999px;padding:.1rem .75rem;font-size:.875em;white-space:nowrap}
.perennial-lines{margin:.75rem 0 0 !important}
.perennial-lines li{display:flex;gap:.75rem;align-items:center;margin:.5rem 0}
.perennial-lines img{width:56px;height:56px;object-fit:cover;border-radius:4px}
.perennial-facts{display:grid;grid-template-columns:1fr;gap:.75rem;margin:1rem 0 0}
.perennial-facts dt{font-size:.875em;margin:0}
.perennial-facts dd{margin:0;font-weight:600}
.perennial-facts small{display:block;font-weight:400;font-size:.875em}
.perennial-cycles>li{display:grid;grid-template-columns:1fr auto;gap:0 1rem;align-items:center;padding:.5rem 0;border-top:1px solid;border-color:color-mix(in srgb,currentColor 20%,transparent);min-height:52px}
.perennial-cycles>li>*{grid-column:1}
.perennial-cycles>li>details{grid-column:2;grid-row:1/3}
.perennial-cycles>li>details[open]{grid-column:1/-1;grid-row:3}
.perennial-small{font-size:.875em}
.perennial summary{display:inline-flex;align-items:center;min-height:44px;cursor:pointer;text-decoration:underline;text-underline-offset:.2em}
.perennial summary::-webkit-details-marker{display:none}
.perennial-act>div{padding:0 0 .75rem}
.perennial-button{display:inline-flex;align-items:center;justify-content:center;min-height:44px;padding:.5rem 1.25rem;border:2px solid currentColor;border-radius:6px;background:transparent;color:inherit;font:inherit;font-weight:600;text-decoration:none;cursor:pointer;width:auto}
.perennial-button:hover{text-decoration:underline}
.perennial a:focus-visible,.perennial summary:focus-visible,.perennial-button:focus-visible{outline:3px solid currentColor;outline-offset:3px}
.perennial table{width:100%;border-collapse:collapse;margin:0;border:0}
.perennial th,.perennial td{text-align:start;padding:.5rem .5rem .5rem 0;border:0;border-top:1px solid;border-color:color-mix(in srgb,currentColor 20%,transparent)}
.perennial th:last-child,.perennial td:last-child{text-align:end;padding-inline-end:0}
.perennial-hidden{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (min-width:750px){
.perennial{padding:2.5rem 1.5rem 4rem}
.perennial-card{padding:1.75rem}
.perennial-facts{grid-template-columns:repeat(auto-fit,minmax(10rem,1fr))}
.perennial-cycles>li{grid-template-columns:14rem 1fr auto}
.perennial-cycles>li>*{grid-column:auto}
.perennial-cycles>li>details{grid-column:3;grid-row:1}
.perennial-cycles>li>details[open]{grid-column:1/-1;grid-row:2}
}
</style>`);
