//! Which hosts are this machine: what is sent to them travels on no wire.

/// Says whether a host, its port with it, is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = host.strip_prefix("[::1]").map_or_else(|| host.split(':').next().unwrap_or_default(), |_| "[::1]");
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}
