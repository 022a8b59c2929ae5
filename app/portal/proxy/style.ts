import { Html } from "~/lib/html";

/**
 * The portal's own few rules. Fonts and colours are the theme's: everything else is drawn with the text's colour, so it
 * is readable on whatever background the theme has. Targets are at least 44 px. Written for a phone; wider screens get
 * more columns, never more to read.
 */
export const style = new Html(`<style>
.perennial{box-sizing:border-box;max-width:46rem;margin:0 auto;padding:1rem 1rem 3rem;line-height:1.5;overflow-wrap:break-word}
.perennial *,.perennial *::before{box-sizing:inherit}
.perennial h1{margin:.25rem 0 1.25rem;line-height:1.2}
.perennial h2{margin:0;font-size:1.25em;line-height:1.3}
.perennial h3{margin:1.5rem 0 .25rem;font-size:1em;line-height:1.3}
.perennial p{margin:.5rem 0}
.perennial ul{list-style:none;margin:0;padding:0}
.perennial form{margin:0}
.perennial img{object-fit:cover;border-radius:6px;flex:none}
.perennial .perennial-first{margin-top:1.25rem}
.perennial .perennial-section{margin:2rem 0 1rem}
.perennial-strong{font-weight:600}
.perennial-small,.perennial-detail{font-size:.9em}
.perennial-detail{display:block}
.perennial .perennial-lead{margin:0 0 1.5rem}
.perennial-card,.perennial-notice{border:1px solid;border-color:color-mix(in srgb,currentColor 25%,transparent);border-radius:10px;padding:1.25rem;margin:0 0 1.25rem}
.perennial-notice{border:2px solid currentColor}
.perennial-notice>:first-child{margin-top:0}
.perennial-notice>:last-child{margin-bottom:0}
.perennial-item{display:flex;gap:1rem;align-items:flex-start;margin:0 0 1rem}
.perennial-item>div{flex:1;min-width:0}
.perennial-item p{margin:.25rem 0 0}
.perennial-head{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:center}
.perennial-badge{display:inline-block;border:1px solid currentColor;border-radius:999px;padding:.05rem .75rem;font-size:.875em;white-space:nowrap}
.perennial-lines li{display:flex;gap:1rem;align-items:flex-start;padding:.75rem 0 .25rem}
.perennial-lines li+li{border-top:1px solid;border-color:color-mix(in srgb,currentColor 15%,transparent)}
.perennial-lines li>div{flex:1;min-width:0}
.perennial-lines p{margin:0}
.perennial-facts{display:grid;grid-template-columns:1fr;gap:.75rem;margin:.75rem 0 0}
.perennial-facts>div{display:grid;grid-template-columns:1fr auto;gap:0 1rem;align-items:end;border-top:1px solid;border-color:color-mix(in srgb,currentColor 15%,transparent);padding-top:.75rem}
.perennial-facts>div:first-child{border-top:0;padding-top:0}
.perennial-facts dt{font-size:.9em;margin:0}
.perennial-facts dd{margin:0;font-weight:600}
.perennial-facts dt{grid-column:1/-1}
.perennial-facts .perennial-change{font-weight:400;margin:-.6rem 0}
.perennial-discount{display:block}
.perennial-cycles{margin:.5rem 0 0}
.perennial-cycles>li{display:flex;justify-content:space-between;align-items:center;gap:0 1rem;padding:.5rem 0;min-height:56px}
.perennial-cycles>li+li{border-top:1px solid;border-color:color-mix(in srgb,currentColor 15%,transparent)}
.perennial-cycle{flex:1;min-width:0}
.perennial-cycle>*{display:block}
.perennial-cycle time{font-weight:600}
.perennial-ways{display:flex;flex-wrap:wrap;gap:0 1.25rem}
.perennial-cycles .perennial-ways{flex-wrap:nowrap;gap:0 1rem}
.perennial-actions{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0 0}
.perennial-effect{margin:0 0 1.5rem}
.perennial-effect li{padding:.5rem 0 .5rem 1.5rem;position:relative}
.perennial-effect li::before{content:"";position:absolute;left:.25rem;top:1.1em;width:.5rem;height:2px;background:currentColor}
.perennial-card>.perennial-effect{margin:.5rem 0 1rem}
.perennial-card .perennial-button{max-width:100%}
.perennial summary,.perennial-link,.perennial-back{display:inline-flex;align-items:center;min-height:44px;cursor:pointer;text-decoration:underline;text-underline-offset:.2em;color:inherit}
.perennial summary{font-size:1.25em;font-weight:600;margin:-.5rem 0}
.perennial button.perennial-link,.perennial button.perennial-back{border:0;padding:0;background:transparent;font:inherit;letter-spacing:inherit}
.perennial-back::before{content:"";width:.5em;height:.5em;margin-right:.5em;border:solid currentColor;border-width:0 0 2px 2px;transform:rotate(45deg)}
.perennial-go{display:inline-block}
.perennial-button{display:inline-flex;align-items:center;justify-content:center;min-height:48px;padding:.5rem 1.25rem;border:2px solid currentColor;border-radius:8px;background:transparent;color:inherit;font:inherit;font-weight:600;line-height:1.3;text-align:center;text-decoration:none;cursor:pointer;width:auto}
.perennial-button:hover{text-decoration:underline}
.perennial-main{box-shadow:inset 0 0 0 2px currentColor}
.perennial a:focus-visible,.perennial summary:focus-visible,.perennial button:focus-visible,.perennial input:focus-visible,.perennial select:focus-visible,.perennial textarea:focus-visible{outline:3px solid currentColor;outline-offset:3px}
.perennial-field{border:0;margin:0 0 1.25rem;padding:0;min-width:0}
.perennial-field>label,.perennial-field>legend{display:block;padding:0;font-weight:600}
.perennial-field>legend{margin-bottom:.25rem}
.perennial-field>p{margin:0}
.perennial-input{display:block;width:100%;min-height:48px;margin:.35rem 0 0;padding:.5rem .75rem;border:1px solid currentColor;border-radius:8px;background:transparent;color:inherit;font:inherit;font-size:max(1em,16px)}
.perennial-input option{color:#000;background:#fff}
.perennial-short{max-width:14rem}
.perennial-pair{display:grid;gap:0 1rem}
.perennial-choice{border-top:1px solid;border-color:color-mix(in srgb,currentColor 15%,transparent)}
.perennial-choice:first-of-type{border-top:0}
.perennial-choice>label,.perennial-check{display:flex;gap:.75rem;align-items:center;min-height:48px;padding:.5rem 0;cursor:pointer;font-weight:400}
.perennial-choice>label:has(:disabled){cursor:default;opacity:.75}
.perennial-choice input,.perennial-check input{width:1.25rem;height:1.25rem;margin:0;flex:none;accent-color:currentColor}
.perennial-choice>.perennial-field{margin:0 0 1rem 2rem}
.perennial-check{align-items:flex-start}
.perennial-check input{margin-top:.15rem}
.perennial-error{font-weight:600}
.perennial-error::before{content:"! ";font-weight:700}
.perennial-two{display:grid;gap:0 1.25rem}
.perennial-undo{margin:2rem 0 0}
.perennial-foot{margin:2.5rem 0 0;font-size:.9em}
.perennial table{width:100%;border-collapse:collapse;margin:.75rem 0 0;border:0}
.perennial th,.perennial td{text-align:start;padding:.5rem .5rem .5rem 0;border:0;border-top:1px solid;border-color:color-mix(in srgb,currentColor 15%,transparent)}
.perennial th:last-child,.perennial td:last-child{text-align:end;padding-inline-end:0}
.perennial-hidden{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (min-width:750px){
.perennial{padding:2rem 1.5rem 4rem}
.perennial-card{padding:1.75rem}
.perennial-facts>div{grid-template-columns:11rem 1fr auto;align-items:baseline}
.perennial-facts dt{grid-column:auto}
.perennial-facts dt{font-size:1em}
.perennial-cycle{display:grid;grid-template-columns:11rem 1fr;gap:1rem;align-items:baseline}
.perennial-pair{grid-template-columns:1fr 1fr}
.perennial-two{grid-template-columns:1fr 1fr;align-items:start}
}
</style>`);
