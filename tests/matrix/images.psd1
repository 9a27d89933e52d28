# The roots that have more packages than the smallest, for cells with 'Image'.
@{
    selinux = 'selinux-policy-default', 'selinux-utils', 'policycoreutils'
    engines = 'systemd', 'systemd-sysv', 'systemd-container', 'dbus', 'docker.io', 'docker-cli', 'podman', 'containerd', 'lxc', 'incus', 'runc', 'crun', 'bubblewrap', 'catatonit', 'passt', 'slirp4netns', 'iptables', 'nftables', 'ca-certificates', 'firejail', 'rootlesskit', 'fuse-overlayfs', 'acl'
}
