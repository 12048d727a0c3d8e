# SPDX-License-Identifier: Apache-2.0
# containerd (ctr run --cni): ADD by /proc/PID/ns/net, DEL with an empty CNI_NETNS; all comes home.
# lab: timeout=240
# lab: image=clients
# lab: kernels=6.12
export LAB_IPV6=no LAB_CNI_VERSION=1.0.0
. /lab/lib.sh
. /lab/clients.sh
need_plugins

client_end() {
	[ -z "${containerd:-}" ] || kill "$containerd"
	wait
}

ctr_here() {
	ctr -a "$LAB_TMP/containerd.sock" "$@"
}

containerd_start() {
	cat >"$LAB_TMP/containerd.toml" <<-CONF
		version = 2
		root = "$LAB_TMP/containerd"
		state = "$LAB_TMP/containerd-state"
		disabled_plugins = [ "io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt",
			"io.containerd.internal.v1.tracing", "io.containerd.snapshotter.v1.btrfs",
			"io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper" ]
		[grpc]
		address = "$LAB_TMP/containerd.sock"
	CONF
	containerd -c "$LAB_TMP/containerd.toml" -l warn >"$LAB_TMP/containerd.log" 2>&1 &
	containerd=$!
	until_true 60 ctr_here version
}

# ctr_run ID COMMAND...
ctr_run() {
	ctr_id=$1
	shift
	ctr_here run --rm --cni --no-pivot --device "/dev/infiniband/uverbs$(vf_uverbs 1)" \
		--mount type=bind,src=/usr,dst=/usr,options=rbind:ro \
		--mount type=bind,src=/lab,dst=/lab,options=rbind:ro \
		--rootfs "$CLIENT_ROOT" "$ctr_id" "$@"
}

is_running() {
	ctr_here task ls | grep -q " RUNNING"
}

simnic_start 3
clients_start
use_network 1 '{ "vlan": 100, "mac": "02:aa:bb:cc:dd:01" }'
say "containerd $(client_version containerd), runc $(client_version runc)"
containerd_start
# An engine tidies up a little later than it ends: what is compared is awaited.
snapshot "$LAB_TMP/before"

say "ctr run"
timed "ctr run" ctr_run x1 /bin/sh -c "$(client_workload eth0 "$(vf_rdma 1)" fe80::aa:bbff:fecc:dd01)" \
	>"$LAB_TMP/seen" || fail "ctr run: $(cat "$LAB_TMP/seen")"
cat "$LAB_TMP/seen"
contains "what the container sees" "$(cat "$LAB_TMP/seen")" 'inet 10.56.0.' \
	"$(vf_rdma 1)/1 state ACTIVE" 'netdev eth0'
until_same "$LAB_TMP/before" "after ctr run"

say "how ctr called"
contains "the ADD" "$(call_line ADD sriov)" ' id=default-x1 ' ' netns=/proc/' '/ns/net ' 'ifname=eth0'
contains "the DEL" "$(call_line DEL sriov)" ' id=default-x1 ' ' netns= '

say "a container that is killed"
ctr_run x2 /bin/busybox sleep 1000 &
runner=$!
until_true 30 is_running
until_true 30 grep -q '^ADD rdma id=default-x2' "$CALLS"
ctr_here task kill -s KILL x2
wait "$runner" || true
until_same "$LAB_TMP/before" "after a container was killed"

say "a VF that is in use: the second container is refused, the first keeps it"
ctr_run x3 /bin/busybox sleep 1000 &
runner=$!
# it runs when its ADD has ended; before, its RDMA device may be between two namespaces
until_true 30 is_running
refused ctr_run x4 /bin/busybox true
note "$(tail -n 1 "$LAB_TMP/refused")"
contains "the error" "$(cat "$LAB_TMP/refused")" "$(vf_bdf 1)"
# ctr itself forgets this one half-way
ctr_here task rm -f x4 >/dev/null
ctr_here container rm x4
ctr_here task exec --exec-id look x3 /lab/verbs --only "$(vf_rdma 1)"
ctr_here task kill -s KILL x3
wait "$runner" || true
until_same "$LAB_TMP/before" "after both"
