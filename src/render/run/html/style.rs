//! The style of the page: light and dark, wide and narrow, on a screen and on paper.

/// The style sheet. It names no other file.
pub(super) const STYLE: &str = r"
:root{color-scheme:light dark;
--back:#f7f7f5;--panel:#ffffff;--ink:#1c1f24;--muted:#545b66;--line:#d8dade;--code:#f0f0ee;--mark:#ffe58f;--mark-ink:#1c1f24;
--good:#17693a;--kept:#2456a6;--bad:#b0231b;--doubt:#8a5300;--none:#5b626d;
--good-back:#e6f3ea;--kept-back:#e7eefa;--bad-back:#fbe9e7;--doubt-back:#fbf0da;--none-back:#eceef0;--on:#ffffff}
@media (prefers-color-scheme:dark){:root{
--back:#131519;--panel:#1b1e24;--ink:#e6e8eb;--muted:#a5acb7;--line:#373c46;--code:#23272f;--mark:#6b5410;--mark-ink:#fff6da;
--good:#6fc793;--kept:#8db7f7;--bad:#ff8d84;--doubt:#e8b755;--none:#a0a7b2;
--good-back:#15291d;--kept-back:#172339;--bad-back:#371a19;--doubt-back:#33270f;--none-back:#24272d;--on:#131519}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;padding:24px 24px 48px;max-width:1120px;background:var(--back);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;overflow-wrap:break-word}
code,pre,.graph text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace;font-size:13px}
code{background:var(--code);border-radius:4px;padding:1px 5px;overflow-wrap:anywhere}
a{color:inherit;text-decoration-color:var(--muted);text-underline-offset:3px}
a:hover{text-decoration-color:currentColor;text-decoration-thickness:2px}
:focus-visible{outline:2px solid var(--kept);outline-offset:2px;border-radius:3px}
h1{font-size:24px;line-height:1.25;margin:0 0 16px;overflow-wrap:anywhere}
h2{font-size:18px;margin:36px 0 10px}
h3{font-size:15px;margin:0 0 6px}
p{margin:0 0 8px}
.over{color:var(--muted);margin:0 0 2px}
.muted,.sum,.why,.meta{color:var(--muted)}
.good{--tone:var(--good);--tone-back:var(--good-back)}
.kept{--tone:var(--kept);--tone-back:var(--kept-back)}
.bad{--tone:var(--bad);--tone-back:var(--bad-back)}
.doubt{--tone:var(--doubt);--tone-back:var(--doubt-back)}
.none{--tone:var(--none);--tone-back:var(--none-back)}
.definitions{position:absolute}
.icon{display:inline-flex;color:var(--tone);margin-right:7px;vertical-align:-2px}
.icon svg{width:16px;height:16px}
.is{color:var(--tone);font-weight:600;white-space:nowrap}
.s-fill{fill:currentColor}
.s-mark{fill:none;stroke:var(--on);stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round}
.s-ring{fill:none;stroke:currentColor;stroke-width:1.4}
.s-dash{fill:none;stroke:currentColor;stroke-width:1.4;stroke-dasharray:3 2.5}
.s-line{fill:none;stroke:currentColor;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}
.p-bad{fill:var(--bad)}.p-doubt{fill:var(--doubt)}.p-kept{fill:var(--kept)}.p-back{fill:var(--panel)}.p-line{fill:var(--on);opacity:.55}
.verdict{border:1px solid var(--tone);border-left-width:6px;border-radius:8px;background:var(--tone-back);padding:16px 20px 10px}
.verdict .word{font-size:17px}
.verdict .word strong{color:var(--tone);font-size:22px;text-transform:capitalize;margin-right:4px}
.verdict .icon svg{width:22px;height:22px}
.verdict .icon{vertical-align:-3px}
.verdict code,.next code{background:var(--panel);border:1px solid var(--line)}
.because{margin:0 0 10px;padding-left:20px}
.because li{margin:3px 0}
.ground,.step dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 20px;margin:18px 0 0}
dt{color:var(--muted)}
dd{margin:0;overflow-wrap:anywhere}
nav{display:flex;flex-wrap:wrap;gap:4px 20px;margin:20px 0 0;padding:10px 0;border-block:1px solid var(--line)}
table{border-collapse:collapse;width:100%;background:var(--panel);border:1px solid var(--line);border-radius:8px}
th,td{text-align:left;vertical-align:top;padding:7px 12px;border-top:1px solid var(--line);font-weight:400;overflow-wrap:anywhere}
thead th{border-top:0;color:var(--muted);font-size:13px}
tbody th{font-weight:600}
.number{text-align:right;font-variant-numeric:tabular-nums;overflow-wrap:normal}
.steps .name{width:22%;min-width:110px}
.steps .state{width:1%;white-space:nowrap}
.steps .took{width:1%;white-space:nowrap;text-align:right;font-variant-numeric:tabular-nums}
.steps td.left{color:var(--muted);width:28%}
.steps th.lane{min-width:180px}
.compared .name{width:18%;min-width:110px}
.axis{display:flex;justify-content:space-between;white-space:nowrap}
svg.lane{display:block;width:100%;height:16px;margin-top:3px;overflow:visible}
.bar{stroke-width:1.2;stroke:var(--none);fill:none}
.solid{fill:var(--good);stroke:var(--good)}
.dotted{fill:url(#dots);stroke:var(--kept)}
.hatched{fill:url(#hatch);stroke:var(--bad)}
.crossed{fill:url(#cross);stroke:var(--bad)}
.slashed{fill:url(#slash);stroke:var(--doubt)}
.broken{fill:url(#broken);stroke:var(--doubt)}
.open{fill:none;stroke:var(--doubt);stroke-dasharray:5 3}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 22px;margin:10px 0 0;padding:0;font-size:13px}
.legend li{display:flex;align-items:center}
.key{width:28px;height:14px;margin-right:8px}
.scroll{overflow-x:auto;background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:16px}
.graph{display:block}
.edge{fill:none;stroke:var(--muted);stroke-width:1.3;marker-end:url(#arrow)}
.arrow{fill:var(--muted)}
.node rect{fill:var(--tone-back);stroke:var(--tone);stroke-width:1.2}
.node.none rect{stroke-dasharray:4 3}
.node text{fill:var(--ink)}
.node use{color:var(--tone)}
.node:hover rect,.node:focus-visible rect{stroke-width:2.4}
article{background:var(--panel);border:1px solid var(--line);border-left:4px solid var(--tone);border-radius:8px;padding:14px 18px 8px;margin:14px 0}
pre{margin:0 0 10px;white-space:pre-wrap;overflow-wrap:anywhere;tab-size:4;line-height:1.45}
.output{display:flex;flex-direction:column-reverse;background:var(--code);border-radius:6px;padding:10px 14px;max-height:520px;overflow:auto}
.level{color:var(--tone);text-transform:uppercase;font-size:12px;letter-spacing:.04em;border:1px solid var(--tone);border-radius:4px;padding:0 6px;margin-right:4px}
.tag{font-size:12px;border:1px solid var(--line);border-radius:10px;padding:1px 8px}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,360px),1fr));gap:14px}
.place{margin:0 0 8px}
figcaption{margin-bottom:4px;font-size:13px}
.role{font-weight:600}
.label{color:var(--muted)}
.excerpt{background:var(--code);border-radius:6px;padding:8px 0}
.line{display:grid;grid-template-columns:52px minmax(0,1fr);padding-right:10px}
.line .number{color:var(--muted);padding-right:12px;user-select:none}
mark{background:var(--mark);color:var(--mark-ink);border-radius:2px;box-shadow:0 2px 0 var(--doubt)}
caption{text-align:left;font-weight:600;padding:10px 12px}
.claims{margin:0 0 10px}
.claims p{margin:4px 0 0}
details{background:var(--panel);border:1px solid var(--line);border-radius:8px;margin:6px 0}
summary{cursor:pointer;padding:8px 14px}
details .claims{border-width:1px 0 0;border-radius:0;margin:0}
.step dl{margin:0;padding:12px 18px 14px;border-top:1px solid var(--line)}
.digest{font-size:12px}
#record .next{margin-top:14px}
@media (max-width:720px){
body{padding:16px 14px 32px}
.sides{gap:0}
.ground,.step dl{grid-template-columns:minmax(0,1fr);gap:0}
.ground dt,.step dt{margin-top:8px;font-size:13px}
.steps thead,.compared thead,.runs thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.steps,.steps tbody{display:block}
.steps tr{display:grid;grid-template-columns:minmax(0,1fr) max-content;gap:2px 12px;padding:9px 12px;border-top:1px solid var(--line)}
.steps tr:first-child{border-top:0}
.steps th,.steps td{display:block;border:0;padding:0}
.steps .name,.steps .state,.steps .took,.steps td.left{width:auto;min-width:0}
.steps td.lane{grid-column:1/-1}
.steps td.left{grid-column:1;grid-row:2;font-size:13px}
.steps td.took{grid-column:2;grid-row:2}
.steps td:empty,.compared td:empty,.runs td:empty{display:none}
.compared,.compared tbody,.runs,.runs tbody{display:block}
.compared tr{display:grid;grid-template-columns:minmax(0,1fr) max-content max-content;gap:2px 12px;padding:9px 12px;border-top:1px solid var(--line)}
.runs tr{display:flex;flex-wrap:wrap;gap:2px 14px;padding:9px 12px;border-top:1px solid var(--line)}
.compared th,.compared td,.runs th,.runs td{display:block;border:0;padding:0;width:auto}
.runs th{width:100%}
.compared td:last-child{grid-column:1/-1}
.claims thead{display:none}
.claims,.claims tbody,.claims tr,.claims th,.claims td,.claims caption{display:block}
.claims th,.claims td{border:0;padding:1px 12px}
.claims tr{border-top:1px solid var(--line);padding:8px 0}
.claims td.number{display:none}
}
@media print{
:root{color-scheme:light;--back:#fff;--panel:#fff;--ink:#000;--muted:#444;--line:#bbb;--code:#f4f4f4;--mark:#ffe58f;--mark-ink:#000;
--good:#17693a;--kept:#2456a6;--bad:#b0231b;--doubt:#8a5300;--none:#5b626d;--on:#fff;
--good-back:#f3faf5;--kept-back:#f3f7fd;--bad-back:#fdf4f3;--doubt-back:#fdf8ec;--none-back:#f6f7f8}
@page{margin:14mm}
body{max-width:none;padding:0;font-size:10.5pt}
code,pre{font-size:9pt}
.digest{font-size:7.4pt;padding:0}
.steps{font-size:9.5pt}
nav{display:none}
h2,h3,summary,figcaption{break-after:avoid}
tr,figure,.verdict,.node{break-inside:avoid}
thead{display:table-header-group}
details.bad::details-content,details.doubt::details-content,details.none::details-content{content-visibility:visible;block-size:auto}
summary{list-style:none}
.output{max-height:none;overflow:visible}
.scroll{overflow:visible;padding:8px}
.graph{max-width:100%;height:auto}
mark,.bar,.verdict,article,.excerpt,.output,.level{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
";
