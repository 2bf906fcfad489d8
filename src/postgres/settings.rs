//! The server's settings, which follow the box.

/// Settings for this machine's memory, after those that hold everywhere.
pub(super) fn of_this_machine(connections: u16, durable: bool) -> Vec<(&'static str, String)> {
    let mut settings = vec![
        ("listen_addresses", String::new()),
        ("unix_socket_permissions", "0700".to_owned()),
        ("max_connections", connections.to_string()),
        ("shared_buffers", format!("{}MB", shared_buffers(memory_megabytes()))),
        ("work_mem", "8MB".to_owned()),
        ("jit", "off".to_owned()),
        ("random_page_cost", "1.1".to_owned()),
        ("timezone", "UTC".to_owned()),
    ];
    if !durable {
        settings.extend(["fsync", "synchronous_commit", "full_page_writes"].map(|name| (name, "off".to_owned())));
    }
    settings
}

/// An eighth of the memory, from 64 MB to 1 GB.
fn shared_buffers(memory: u64) -> u64 {
    (memory / 8).clamp(64, 1024)
}

/// The box's memory, or its control group's limit where that is lower.
fn memory_megabytes() -> u64 {
    let total = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    });
    let limit =
        std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse::<u64>().ok());
    let total = total.map_or(1024, |kilobytes| kilobytes / 1024);
    limit.map_or(total, |bytes| total.min(bytes / 1024 / 1024))
}

#[cfg(test)]
mod tests {
    use super::shared_buffers;

    #[test]
    fn a_small_box_gives_an_eighth_and_a_large_one_a_gigabyte() {
        assert_eq!(shared_buffers(256), 64);
        assert_eq!(shared_buffers(1024), 128);
        assert_eq!(shared_buffers(24_000), 1024);
    }
}
