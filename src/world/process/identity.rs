//! Which process: a pid is given again by the system, a pid with its start and the boot is not.

/// A process, for as long as it lives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Identity {
    /// The id of the system's boot; empty where the system has none.
    pub boot: String,
    /// The process.
    pub pid: u32,
    /// When it started, in the system's ticks since the boot; 0 where the system does not tell.
    pub started: u64,
}

impl Identity {
    /// The identity of a process that runs now. Where the system tells no start, the pid is all there is.
    pub fn of(pid: u32) -> Self {
        Self { boot: boot(), pid, started: stat(pid).map_or(0, |stat| stat.started) }
    }

    /// This process.
    pub fn own() -> Self {
        Self::of(std::process::id())
    }

    /// Says whether the process still runs. A zombie does not: it has ended and waits to be asked how.
    pub fn is_alive(&self) -> bool {
        if self.boot != boot() {
            return false;
        }
        if cfg!(target_os = "linux") {
            return stat(self.pid).is_some_and(|stat| stat.started == self.started && !stat.is_dead());
        }
        exists(self.pid)
    }
}

/// What `/proc/PID/stat` tells of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    pub(super) name: String,
    pub(super) state: char,
    pub(super) parent: u32,
    /// The ticks that reaped children spent, in user and kernel mode.
    pub(super) children_ticks: u64,
    pub(super) started: u64,
}

impl Stat {
    pub(super) fn is_dead(&self) -> bool {
        matches!(self.state, 'Z' | 'X' | 'x')
    }
}

/// Reads `/proc/PID/stat`; none where the process is gone or the system has no such file.
pub(super) fn stat(pid: u32) -> Option<Stat> {
    read_stat(&std::fs::read(format!("/proc/{pid}/stat")).ok()?)
}

/// The name stands in parentheses and may hold anything, parentheses too: the last one closes it.
fn read_stat(bytes: &[u8]) -> Option<Stat> {
    let text = String::from_utf8_lossy(bytes);
    let (head, tail) = text.rsplit_once(')')?;
    let name = head.split_once('(')?.1.to_owned();
    let fields: Vec<&str> = tail.split_ascii_whitespace().collect();
    let number = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok());
    Some(Stat {
        name,
        state: fields.first()?.chars().next()?,
        parent: u32::try_from(number(1)?).ok()?,
        children_ticks: number(13)? + number(14)?,
        started: number(19)?,
    })
}

fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").map_or_else(|_| String::new(), |id| id.trim().to_owned())
}

#[cfg(unix)]
fn exists(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    pid.is_some_and(|pid| rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

/// Nothing tells: a lease that may be alive is taken to be.
#[cfg(not(unix))]
fn exists(_pid: u32) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_parentheses_and_spaces_are_read() {
        let line = b"812 (a) b (c) S 7 812 812 0 -1 4194304 1 2 3 4 5 6 70 80 20 0 1 0 4812345 1 2";
        let stat = read_stat(line).expect("a well-formed line");
        assert_eq!((stat.name.as_str(), stat.state, stat.parent), ("a) b (c", 'S', 7));
        assert_eq!((stat.children_ticks, stat.started), (150, 4_812_345));
        assert_eq!(read_stat(b"812 (a"), None);
        assert_eq!(read_stat(b""), None);
    }

    #[test]
    fn this_process_is_alive_and_another_of_its_pid_is_not() {
        let own = Identity::own();
        assert!(own.is_alive());
        if cfg!(target_os = "linux") {
            assert!(!Identity { started: own.started + 1, ..own.clone() }.is_alive());
            assert!(!Identity { boot: "another".to_owned(), ..own }.is_alive());
        }
    }
}
