/// Style: the colours and fonts of pictures and pages, for light and for dark.
#pragma once

#include <string_view>

namespace taut {

/// Blue and orange keep apart for nearly all colour-blind readers. Every rule is confined to `.picture`.
inline constexpr std::string_view picture_style = R"(
.picture { font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
.picture text { font-size: 12px; fill: #1f2933; }
.picture .title { font-size: 15px; font-weight: 600; }
.picture .strong { font-weight: 600; }
.picture .small { font-size: 10.5px; }
.picture .mono { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 11.5px; }
.picture .muted { fill: #66727f; }
.picture .middle { text-anchor: middle; }
.picture .end { text-anchor: end; }
.picture .paper { fill: #ffffff; }
.picture .panel { fill: #f6f8fa; }
.picture .box { fill: #f6f8fa; stroke: #d8dee4; stroke-width: 1; }
.picture .grid { stroke: #e3e8ed; stroke-width: 1; }
.picture .axis { stroke: #9aa5b1; stroke-width: 1; }
.picture .flow { stroke: #9aa5b1; stroke-width: 1.3; fill: none; }
.picture .best { stroke: #66727f; stroke-width: 1; stroke-dasharray: 3 3; }
.picture .train { stroke: #2f6fdb; stroke-width: 1.8; fill: none; stroke-linejoin: round; stroke-linecap: round; }
.picture .validation { stroke: #d9690d; stroke-width: 2.2; fill: none; stroke-linejoin: round; stroke-linecap: round; }
.picture .train-dot { fill: #2f6fdb; }
.picture .validation-dot { fill: #d9690d; }
.picture .best-dot { fill: #ffffff; stroke: #d9690d; stroke-width: 2.2; }
.picture .shade { fill: #2563d0; }
.picture .track { fill: #e3e8ed; }
.picture .on-shade { fill: #ffffff; }
.picture .blue { fill: #2f6fdb; stroke: none; }
.picture .orange { fill: #d9690d; stroke: none; }
.picture .gray { fill: #8b98a5; stroke: none; }
.picture .face { stroke: #ffffff; stroke-width: 1; stroke-linejoin: round; }
.picture .side { fill-opacity: 0.72; }
.picture .top { fill-opacity: 0.5; }
@media (prefers-color-scheme: dark) {
.picture text { fill: #e6eaf0; }
.picture .muted { fill: #97a3b1; }
.picture .paper { fill: #11151a; }
.picture .panel { fill: #191f26; }
.picture .box { fill: #191f26; stroke: #2f3843; }
.picture .grid { stroke: #28303a; }
.picture .track { fill: #28303a; }
.picture .axis, .picture .flow { stroke: #66727f; }
.picture .best { stroke: #97a3b1; }
.picture .train { stroke: #6aa5ff; }
.picture .validation { stroke: #ffa24a; }
.picture .train-dot, .picture .shade, .picture .blue { fill: #5b9bff; }
.picture .validation-dot, .picture .orange { fill: #f59740; }
.picture .best-dot { fill: #11151a; stroke: #ffa24a; }
.picture .on-shade { fill: #0b1320; }
.picture .face { stroke: #11151a; }
}
)";

inline constexpr std::string_view page_style = R"(:root { color-scheme: light dark; }
body { font: 15px/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; color: #1f2933; background: #ffffff;
  max-width: 960px; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 0.25rem; }
h2 { font-size: 1.15rem; margin: 2.6rem 0 0.7rem; padding-bottom: 0.3rem; border-bottom: 1px solid #e3e8ed; }
p { margin: 0.4rem 0; }
.lead, .note { color: #66727f; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 0.8rem; margin: 1.4rem 0 0; }
.tile { background: #f6f8fa; border: 1px solid #d8dee4; border-radius: 8px; padding: 0.7rem 0.9rem; }
.tile b { display: block; font-size: 1.45rem; font-weight: 650; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tile span { color: #66727f; font-size: 0.85rem; }
.picture { display: block; max-width: 100%; height: auto; margin: 0 auto; }
pre { font: 12.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; background: #f6f8fa;
  border: 1px solid #d8dee4; border-radius: 8px; padding: 0.9rem 1.1rem; overflow-x: auto; margin: 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.9rem; }
th, td { text-align: right; padding: 0.22rem 0.9rem; white-space: nowrap; }
th { font-weight: 600; color: #66727f; }
.log { max-height: 26rem; overflow: auto; border: 1px solid #d8dee4; border-radius: 8px; }
.log table { width: 100%; }
.log thead th { position: sticky; top: 0; background: #f6f8fa; }
.log tbody tr:nth-child(even) { background: #f6f8fa; }
.log tr.best td { font-weight: 650; color: #d9690d; }
.settings { display: grid; grid-template-columns: repeat(auto-fill, minmax(270px, 1fr)); gap: 0 2rem; margin: 0; }
.settings div { display: flex; justify-content: space-between; gap: 1rem; padding: 0.25rem 0; border-bottom: 1px solid #e3e8ed; }
.settings dt { color: #66727f; }
.settings dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(112px, 1fr)); gap: 1rem; }
.mistakes figure { margin: 0; font-size: 0.85rem; line-height: 1.35; overflow-wrap: anywhere; }
.mistakes img { display: block; width: 100%; image-rendering: pixelated; border: 1px solid #d8dee4; border-radius: 4px; }
.mistakes figcaption { padding-top: 0.3rem; }
@media (prefers-color-scheme: dark) {
body { color: #e6eaf0; background: #11151a; }
h2, .settings div { border-color: #28303a; }
.lead, .note, .tile span, th, .settings dt { color: #97a3b1; }
.tile, pre, .log { background: #191f26; border-color: #2f3843; }
.log thead th, .log tbody tr:nth-child(even) { background: #1e252d; }
.log tr.best td { color: #ffa24a; }
.mistakes img { border-color: #2f3843; }
}
@media print { body { max-width: none; padding: 0; } .log { max-height: none; } }
)";

}  // namespace taut
