/** Colours by the reader's preference; each pair of text and ground has a contrast of 4.5 or more. */
export const style = `
:root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--text:#1b1f24;--quiet:#55606c;--line:#d9dee5;--faint:#eef1f4;--link:#0b57a4;--change:#8a5a00;--change-ground:#fdf0d2;--plus:#0f5b2a;--plus-ground:#e5f5ea;--plus-mark:#b5e3c3;--minus:#96201a;--minus-ground:#fceceb;--minus-mark:#f5c4c0;--hunk:#5b4a9c;--high:#b3261e;--medium:#8a5100;--low:#3d5a80;--none:#2b6a3c;--on:#fff}
@media screen and (prefers-color-scheme:dark){:root{--page:#0e1116;--card:#161b22;--text:#e4e8ee;--quiet:#9ba6b4;--line:#2d3540;--faint:#1d242d;--link:#82b9ff;--change:#f0bd62;--change-ground:#3a2c10;--plus:#86e0a4;--plus-ground:#10291a;--plus-mark:#1d5732;--minus:#ffa79f;--minus-ground:#331819;--minus-mark:#6e2a29;--hunk:#b9abf5;--high:#ffb4ab;--medium:#f5bd6e;--low:#a9c7ee;--none:#9bd6a8;--on:#14181d}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
code,pre,.path{font-family:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;font-size:.865em}
header,main,footer{max-width:68rem;margin:0 auto;padding:0 1.5rem}
header{padding-top:2.75rem}
main{padding-bottom:2rem}
footer{padding-bottom:3rem;color:var(--quiet);font-size:.875rem}
h1{margin:.35rem 0 .9rem;font-size:clamp(1.55rem,1.1rem + 1.9vw,2.3rem);line-height:1.2;letter-spacing:-.02em;font-weight:650;text-wrap:balance}
h2{margin:3rem 0 .9rem;font-size:1.3rem;line-height:1.3;letter-spacing:-.01em;font-weight:650}
h3,h4{margin:0;font-size:1rem;line-height:1.45;font-weight:600}
p{margin:.5rem 0}
a{color:var(--link);text-underline-offset:.15em}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-999rem;top:.5rem;padding:.5rem 1rem;background:var(--card)}
.skip:focus{left:.5rem}
.over{margin:0;color:var(--quiet);font-size:.95rem}
.quiet{color:var(--quiet)}
li,dd,summary,p,h1,h3,h4{overflow-wrap:anywhere}
td,th{overflow-wrap:break-word}
td code{overflow-wrap:anywhere}
td:has(>code){min-width:7em}
td:has(>.names){min-width:14em}
.facts{display:grid;grid-template-columns:repeat(6,1fr);gap:1px;margin:1.75rem 0 0;padding:0;background:var(--line);border:1px solid var(--line);border-radius:12px;overflow:hidden}
.facts div{padding:.85rem 1.1rem;background:var(--card)}
.facts dt{color:var(--quiet);font-size:.85rem}
.facts dd{margin:.1rem 0 0;font-size:1.35rem;line-height:1.3;font-weight:600;letter-spacing:-.01em}
.facts small{display:block;color:var(--quiet);font-size:.85rem;font-weight:400;letter-spacing:0}
nav ul{display:flex;flex-wrap:wrap;gap:.35rem 1.4rem;margin:1.4rem 0 0;padding:0;list-style:none;font-size:.95rem}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
.chip{display:inline-block;padding:.05rem .6rem;border-radius:99rem;background:var(--none);color:var(--on);font-size:.82rem;line-height:1.55;font-weight:600;white-space:nowrap}
.chip.high{background:var(--high)}.chip.medium{background:var(--medium)}.chip.low{background:var(--low)}
.card,.class{background:var(--card);border:1px solid var(--line);border-radius:12px}
.card{padding:1.1rem 1.3rem}
.wide{overflow-x:auto}
.risks{display:grid;gap:.75rem;margin:0;padding:0;list-style:none}
.risks>li{border-left:5px solid var(--low)}
.risks>.high{border-left-color:var(--high)}.risks>.medium{border-left-color:var(--medium)}
.risks h3{display:flex;flex-wrap:wrap;gap:.3rem .7rem;align-items:baseline}
.risks h3>span:last-child{flex:1 1 18rem}
.risks dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:.6rem 0 0;font-size:.95rem}
.risks dt{color:var(--quiet)}
.risks dd{margin:0}
table{width:100%;border-collapse:collapse;font-size:.95rem}
caption{padding:0 0 .6rem;color:var(--quiet);text-align:left;font-size:.9rem}
th,td{padding:.4rem .8rem .4rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;font-weight:400}
tr>:last-child{padding-right:0}
thead th{color:var(--quiet);font-size:.85rem;vertical-align:bottom}
tbody th,tfoot th{font-weight:600}
th .path{font-weight:400}
tfoot th,tfoot td{border-bottom:0;font-weight:600}
tbody:last-child tr:last-child>*{border-bottom:0}
.n{text-align:right;white-space:nowrap}
.same td,.zero{color:var(--quiet)}
.topology{display:block;margin:0 0 1.5rem;min-width:40rem;max-width:100%;height:auto;font-size:13px}
.topology text{fill:var(--quiet)}
.topology .head{font-size:12.5px}
.topology .label{fill:var(--text);font-weight:600}
.topology .note{font-size:12px}
.topology .same .label{font-weight:400}
.topology .changed text{fill:var(--text)}
.topology .link{fill:none;stroke:var(--line);stroke-width:1.5}
.topology .link.changed{stroke:var(--change);stroke-width:1.75}
.topology circle{fill:var(--line)}
.topology .changed>circle{fill:var(--change)}
.topology .track,.topology .same .box{fill:var(--faint)}
.topology .frame,.topology .same .box{stroke:var(--line)}
.topology .frame{fill:none}
.topology .changed .box,.topology .part{fill:var(--change-ground)}
.topology .changed .frame,.topology .changed .box{stroke:var(--change)}
.class{margin:.75rem 0 0;content-visibility:auto;contain-intrinsic-size:auto 3.4rem}
summary{cursor:pointer}
.class>summary{display:flex;flex-wrap:wrap;gap:.2rem .8rem;align-items:baseline;padding:.8rem 1.3rem;list-style:none}
.change>summary{display:flex;gap:.7rem;align-items:baseline;list-style:none}
.class>summary::-webkit-details-marker,.change>summary::-webkit-details-marker{display:none}
.class>summary::before,.change>summary::before{content:"";flex:none;width:.45rem;height:.45rem;border:solid var(--quiet);border-width:0 2px 2px 0;transform:translateY(-.1rem) rotate(-45deg)}
.class[open]>summary::before,.change[open]>summary::before{transform:translateY(-.2rem) rotate(45deg)}
.class>summary h3{flex:1 1 16rem;font-weight:400}
.class>summary b{font-weight:650}
.class>div{padding:0 1.3rem 1.2rem;border-top:1px solid var(--line)}
.change{margin-top:.9rem}
.class>div>.change:first-child{margin-top:1.1rem}
div.change{padding-left:1.15rem}
.change h4{display:flex;flex-wrap:wrap;gap:.2rem .7rem;align-items:baseline;font-weight:400}
.sign{display:inline-block;min-width:5.2em;font-weight:600}
.sign.added{color:var(--plus)}.sign.removed{color:var(--minus)}.sign.changed{color:var(--change)}
.names{margin:.5rem 0 0;font-size:.95rem}
.risks .names{margin:0}
.risks dd ul{margin:0;padding-left:1.1rem}
.names p{color:var(--quiet)}
.diff{margin:.5rem 0 0;padding:.7rem 0;background:var(--faint);border-radius:8px;line-height:1.5;white-space:pre-wrap;overflow-wrap:anywhere;overflow:hidden}
.diff code{display:block;font-size:.84rem;padding:0 1rem}
.diff ins,.diff del,.diff i{display:block;margin:0 -1rem;padding:0 1rem;font-style:normal;text-decoration:none}
.diff ins{background:var(--plus-ground);color:var(--plus)}
.diff del{background:var(--minus-ground);color:var(--minus)}
.diff ins b{background:var(--plus-mark);border-radius:3px;font-weight:600}
.diff del b{background:var(--minus-mark);border-radius:3px;font-weight:600}
.diff i{color:var(--hunk)}
.files{margin:0;padding:0;list-style:none;columns:28rem;column-gap:2rem}
.files li{break-inside:avoid}
@media (max-width:56rem){.facts{grid-template-columns:repeat(3,1fr)}}
@media (max-width:22rem){.facts{grid-template-columns:repeat(2,1fr)}}
@media (max-width:40rem){body{font-size:15px}header,main,footer{padding-left:1rem;padding-right:1rem}header{padding-top:1.5rem}.card,.class>summary,.class>div{padding-left:.9rem;padding-right:.9rem}.risks dl{grid-template-columns:1fr;gap:0}.risks dd{margin-bottom:.4rem}}
@media print{:root{--page:#fff;--card:#fff}body{font-size:11pt}nav,.skip{display:none}details::details-content{content-visibility:visible;display:block;height:auto}.class,.card{content-visibility:visible}.card,.change{break-inside:avoid-page}h2,h3,h4{break-after:avoid}}
`;
