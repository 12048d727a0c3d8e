# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
#
# For scenarios that call container engines and Multus (# lab: image=clients).
#
# The containers are real: own namespaces, own root, own cgroup; what runs in them is the guest's own
# /usr. Two things differ from a node. The guest's root is an initramfs, which cannot be pivoted away:
# the engines are told to move mounts instead. And no image is pulled.

CLIENT_ROOT=$LAB_TMP/rootfs
CALLS=$LAB_TMP/calls

# client_version PACKAGE: of Debian's package
client_version() {
	sed -n "s/^$1 //p" /lab/clients.versions
}

# Until the end of the scenario each call of our plugins is written down: a line with the environment,
# one with stdin. What they say on stderr goes to the log, because clients drop it.
clients_record() {
	mkdir -p "$LAB_TMP/real" "$LAB_TMP/recorder"
	: >"$CALLS"
	for plugin in sriov rdma; do
		cp "$CNI_PATH/$plugin" "$LAB_TMP/real/"
		cat >"$LAB_TMP/recorder/$plugin" <<-RECORDER
			#!/bin/sh
			conf=\$(cat)
			echo "\$CNI_COMMAND $plugin id=\$CNI_CONTAINERID netns=\$CNI_NETNS ifname=\$CNI_IFNAME args=\$CNI_ARGS" >>$CALLS
			echo "\$conf" | tr -d '\\n' >>$CALLS
			echo >>$CALLS
			echo "\$conf" | $LAB_TMP/real/$plugin 2>>$PLUGINS_LOG
		RECORDER
		chmod 755 "$LAB_TMP/recorder/$plugin"
		mount --bind "$LAB_TMP/recorder/$plugin" "$CNI_PATH/$plugin"
	done
}

# call_line VERB PLUGIN: the environment of the latest such call; call_conf: its stdin
call_line() {
	sed -n "/^$1 $2 /p" "$CALLS" | tail -n 1
}

call_conf() {
	sed -n "/^$1 $2 /{n;p}" "$CALLS" | tail -n 1
}

# clients_start: the cgroups that systemd would mount, and a root directory for containers
clients_start() {
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
	for dir in usr etc proc sys dev lab run tmp; do
		mkdir -p "$CLIENT_ROOT/$dir"
	done
	for dir in bin sbin lib lib64; do
		ln -s "usr/$dir" "$CLIENT_ROOT/$dir"
	done
	cp -a /etc/libibverbs.d "$CLIENT_ROOT/etc/"
	clients_record
}

# Runs at the end of the scenario, however it ends.
clients_end() {
	status=$1
	set +e
	! type client_end >/dev/null || client_end
	for plugin in sriov rdma; do
		umount "$CNI_PATH/$plugin" 2>/dev/null
	done
	umount /sys/fs/cgroup 2>/dev/null
	[ "$status" = 0 ] || { echo "-- the plugins' calls:"; cat "$CALLS"; } >>"$PLUGINS_LOG"
	on_exit "$status"
}
trap 'clients_end $?' EXIT

# What a container of these scenarios does: it prints what it sees of its network and lets the RDMA
# workload judge, so that its exit status tells
client_workload() {
	echo "ip -o addr show $1; rdma link show; exec /lab/verbs --only $2 --gid $3"
}
