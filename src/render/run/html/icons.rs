//! The shapes of the icons and the patterns of the bars, once a page.

/// Kept out of sight but not out of use: a pattern in an element that is not displayed is not drawn.
pub(super) const DEFINITIONS: &str = r#"<svg class="definitions" width="0" height="0" aria-hidden="true" focusable="false"><defs>
<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="p-bad"/><rect width="2" height="6" class="p-line"/></pattern>
<pattern id="cross" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="p-bad"/><rect width="1.6" height="6" class="p-line"/><rect width="6" height="1.6" class="p-line"/></pattern>
<pattern id="slash" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect width="7" height="7" class="p-back"/><rect width="4" height="7" class="p-doubt"/></pattern>
<pattern id="broken" width="9" height="6" patternUnits="userSpaceOnUse"><rect width="9" height="6" class="p-back"/><rect width="6" height="6" class="p-doubt"/></pattern>
<pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" class="p-back"/><circle cx="2.5" cy="2.5" r="1.3" class="p-kept"/></pattern>
<symbol id="i-good" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7.5" class="s-fill"/><path d="M4.4 8.4 7 11l4.8-5.6" class="s-mark"/></symbol>
<symbol id="i-bad" viewBox="0 0 16 16"><path d="M4.8.5h6.4l4.3 4.3v6.4l-4.3 4.3H4.8L.5 11.2V4.8z" class="s-fill"/><path d="m5.3 5.3 5.4 5.4m0-5.4-5.4 5.4" class="s-mark"/></symbol>
<symbol id="i-late" viewBox="0 0 16 16"><path d="M4.8.5h6.4l4.3 4.3v6.4l-4.3 4.3H4.8L.5 11.2V4.8z" class="s-fill"/><path d="M8 4v4.3l2.8 1.8" class="s-mark"/></symbol>
<symbol id="i-doubt" viewBox="0 0 16 16"><path d="M8 .8 15.6 15H.4z" class="s-fill"/><path d="M6.4 7.2c0-2.2 3.2-2.2 3.2 0 0 1.3-1.6 1.4-1.6 3M8 12.4v.4" class="s-mark"/></symbol>
<symbol id="i-cut" viewBox="0 0 16 16"><path d="M8 .8 15.6 15H.4z" class="s-fill"/><path d="M6.5 7.5v5M9.5 7.5v5" class="s-mark"/></symbol>
<symbol id="i-kept" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" class="s-ring"/><path d="M11.2 6.2A3.8 3.8 0 1 0 11.8 9M11.6 3.6v2.9H8.8" class="s-line"/></symbol>
<symbol id="i-open" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" class="s-ring"/><path d="M8 1a7 7 0 0 1 0 14z" class="s-fill"/></symbol>
<symbol id="i-none" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" class="s-dash"/><path d="M5 8h6" class="s-line"/></symbol>
<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" class="arrow"/></marker>
</defs></svg>
"#;
