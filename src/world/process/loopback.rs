//! Moves this process into a network of its own that has a loopback and nothing else.

use std::io;

use rustix::net::AddressFamily;
use rustix::net::RecvFlags;
use rustix::net::SendFlags;
use rustix::net::SocketType;
use rustix::process::getgid;
use rustix::process::getuid;
use rustix::thread::UnshareFlags;

/// The index of the loopback in every network.
const LOOPBACK: i32 = 1;
/// `RTM_NEWLINK`: change an interface.
const NEW_LINK: u16 = 16;
/// `NLM_F_REQUEST | NLM_F_ACK`.
const REQUEST_WITH_ANSWER: u16 = 1 | 4;
/// `IFF_UP`.
const UP: u32 = 1;
/// The length of the message: its header, and `ifinfomsg`.
const LENGTH: u32 = 32;

/// Leaves the network for an empty one. Without the privilege it takes a user namespace as well, in which this user is
/// mapped to itself. A failure may leave the process half-moved, so it is tried in a process of its own first.
pub(super) fn leave_network() -> io::Result<()> {
    let (user, group) = (getuid().as_raw(), getgid().as_raw());
    if unshare(UnshareFlags::NEWNET).is_err() {
        unshare(UnshareFlags::NEWNET | UnshareFlags::NEWUSER)?;
        std::fs::write("/proc/self/setgroups", "deny")?;
        std::fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
        std::fs::write("/proc/self/gid_map", format!("{group} {group} 1"))?;
    }
    raise_loopback()
}

#[expect(
    deprecated,
    reason = "the newer function is unsafe because of flags about open files, which are not used here"
)]
fn unshare(flags: UnshareFlags) -> io::Result<()> {
    Ok(rustix::thread::unshare(flags)?)
}

/// Sets the loopback up by a message to the kernel; the call by `ioctl` has no safe form.
fn raise_loopback() -> io::Result<()> {
    let socket = rustix::net::socket(AddressFamily::NETLINK, SocketType::RAW, None)?;
    let mut message = Vec::new();
    message.extend(LENGTH.to_ne_bytes());
    message.extend(NEW_LINK.to_ne_bytes());
    message.extend(REQUEST_WITH_ANSWER.to_ne_bytes());
    // The number of the message and the sender; then family, padding and type of the interface.
    message.extend([0; 12]);
    message.extend(LOOPBACK.to_ne_bytes());
    message.extend(UP.to_ne_bytes());
    message.extend(UP.to_ne_bytes());
    rustix::net::send(&socket, &message, SendFlags::empty())?;
    let mut answer = [0_u8; 256];
    rustix::net::recv(&socket, &mut answer[..], RecvFlags::empty())?;
    match i32::from_ne_bytes([answer[16], answer[17], answer[18], answer[19]]) {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(-error)),
    }
}
