# SPDX-License-Identifier: Apache-2.0
# podman (CNI backend): containers get VF and RDMA device and give both back, whatever ends them.
# lab: timeout=240
# lab: image=clients
# lab: kernels=6.12
export LAB_IPV6=no LAB_CNI_VERSION=1.0.0
. /lab/lib.sh
. /lab/clients.sh
need_plugins

MAC=02:00:00:00:00:77
IP=10.56.1.9

# As on a node, but all of podman's own state where the snapshots do not look.
podman_here() {
	podman --root "$LAB_TMP/podman" --runroot "$LAB_TMP/podman-run" --tmpdir "$LAB_TMP/podman-tmp" \
		--storage-driver vfs "$@"
}

# podman_run OPTIONS... -- COMMAND...: in a container of network lab
podman_run() {
	options=
	while [ "$1" != -- ]; do
		options="$options $1"
		shift
	done
	shift
	# shellcheck disable=SC2086 # one word per option
	podman_here run --network lab --device "/dev/infiniband/uverbs$(vf_uverbs 1)" \
		-v /usr:/usr:ro -v /lab:/lab:ro $options --rootfs "$CLIENT_ROOT" "$@"
}

podman_conf() {
	mkdir -p /etc/containers
	cat >"$LAB_TMP/containers.conf" <<-CONF
		[engine]
		no_pivot_root = true
		cgroup_manager = "cgroupfs"
		events_logger = "none"
		runtime = "crun"
		[containers]
		log_driver = "none"
		[network]
		network_backend = "cni"
		cni_plugin_dirs = [ "$CNI_PATH" ]
		network_config_dir = "$NETCONFPATH"
	CONF
	export CONTAINERS_CONF="$LAB_TMP/containers.conf"
}

simnic_start 3
clients_start
podman_conf
use_network 1 '{ "vlan": 100 }'
say "podman $(client_version podman), conmon $(client_version conmon), crun $(client_version crun)"
# what podman mounts once and keeps is there from now on
podman_here run --rm --network none -v /usr:/usr:ro --rootfs "$CLIENT_ROOT" /bin/busybox true
# An engine tidies up a little later than it ends: what is compared is awaited.
snapshot "$LAB_TMP/before"

say "podman run with a MAC and an address"
uverbs=$(vf_uverbs 1)
timed "podman run" podman_run --rm --name pod1 --mac-address "$MAC" --ip "$IP" -- \
	/bin/sh -c "$(client_workload eth0 "$(vf_rdma 1)" "$IP")" >"$LAB_TMP/seen" || fail "podman run: $(cat "$LAB_TMP/seen")"
cat "$LAB_TMP/seen"
contains "what the container sees" "$(cat "$LAB_TMP/seen")" "inet $IP/16" \
	"$(vf_rdma 1)/1 state ACTIVE" 'netdev eth0' "(uverbs$uverbs): port 1 active"
until_same "$LAB_TMP/before" "after podman run"

say "how podman called"
contains "the VERSION probe" "$(call_line VERSION sriov)" 'netns=dummy' 'ifname=dummy'
contains "the VERSION probe" "$(call_line VERSION rdma)" 'netns=dummy' 'ifname=dummy'
contains "the ADD" "$(call_line ADD rdma)" 'netns=/run/netns/netns-' 'ifname=eth0' \
	"K8S_POD_NAME=pod1" "MAC=$MAC" "IP=$IP"
call_line DEL rdma | grep -Eq ' id=[0-9a-f]{64} ' || fail "the container's ID: $(call_line DEL rdma)"
equal "prevResult of rdma's DEL" \
	"$(call_conf DEL rdma | jq -r '.prevResult.interfaces[0].mac')" "$MAC"

say "a container that cannot start"
refused podman_run --rm --name pod2 -- /bin/does-not-exist
contains "the error" "$(cat "$LAB_TMP/refused")" does-not-exist
until_same "$LAB_TMP/before" "after a container that cannot start"

say "two containers want one VF; the first is then killed and removed"
podman_run -d --name pod3 -- /bin/busybox sleep 1000 >/dev/null
refused podman_run --rm --name pod4 -- /bin/busybox true
note "$(tail -n 1 "$LAB_TMP/refused")"
contains "the error" "$(cat "$LAB_TMP/refused")" "$(vf_bdf 1)"
podman_here exec pod3 /lab/verbs --only "$(vf_rdma 1)"
podman_here rm -f -t 0 pod3 >/dev/null
until_same "$LAB_TMP/before" "after podman rm -f"
