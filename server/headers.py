"""Headers that every reply bears: what a browser must not do with it."""

from __future__ import annotations

from secure import (
    ContentSecurityPolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    XContentTypeOptions,
    XFrameOptions,
)

_POLICY = (
    ContentSecurityPolicy()
    .default_src("'none'")
    .script_src("'self'")
    .style_src("'self'")
    .img_src("'self'", "data:", "blob:")
    .connect_src("'self'")
    .font_src("'self'")
    .form_action("'self'")
    .base_uri("'none'")
    .frame_ancestors("'none'")
)
_SECURE = Secure(
    csp=_POLICY,
    referrer=ReferrerPolicy().same_origin(),
    permissions=PermissionsPolicy().geolocation().microphone().camera(),
    xcto=XContentTypeOptions().nosniff(),
    xfo=XFrameOptions().deny(),
)
_FOR_DATA = {b"content-security-policy", b"x-content-type-options", b"x-frame-options"}
HARDENED: tuple[tuple[bytes, bytes], ...] = tuple(
    (name.lower().encode(), value.encode()) for name, value in _SECURE.headers.items()
)
"""For pages."""

SHARED: tuple[tuple[bytes, bytes], ...] = (
    *((name, value) for name, value in HARDENED if name in _FOR_DATA),
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"Accept-Ranges, Content-Disposition, Content-Range, ETag, Link, Location, Retry-After, "
        b"Shuangma-Edition, Query-Id",
    ),
)
"""For data, which pages of other sites may read (Fetch standard, CORS); pages are not shared."""
