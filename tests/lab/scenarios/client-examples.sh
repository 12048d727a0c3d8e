# SPDX-License-Identifier: Apache-2.0
# The networks and pods of examples/, and the network that emit makes, as they are: Multus attaches each; shared mode as well.
# lab: timeout=300
# lab: image=clients
# lab: kernels=6.12
export LAB_IPV6=no
. /lab/lib.sh
. /lab/clients.sh
. /lab/multus.sh
need_multus

# Stand-ins: whereabouts and spiderpool need a cluster, so host-local answers in their place.
EXAMPLES=/lab/examples
ADDRESS=10.56.217.7

client_end() {
	[ -z "${kubeapi:-}" ] || kill "$kubeapi"
	wait
	rm -rf "$KUBELET"
	rm -f "$CNI_PATH/whereabouts" "$CNI_PATH/spiderpool"
}

# stand_in TYPE RANGE: an IPAM plugin that is host-local with the range that this jq program finds
stand_in() {
	cat >"$CNI_PATH/$1" <<-PLUGIN
		#!/bin/sh
		jq -c '.ipam = { type: "host-local", subnet: ($2) }' | $CNI_PATH/host-local
	PLUGIN
	chmod 755 "$CNI_PATH/$1"
}

# example KIND NAME: the object
example() {
	jq -ce --arg kind "$1" --arg name "$2" 'select(.kind == $kind and .metadata.name == $name)' "$EXAMPLES" ||
		fail "examples/ has no $1 $2"
}

# apply: what kubectl does with a network on stdin
apply() {
	jq '.metadata.namespace //= "default"' >"$LAB_TMP/object"
	apply_dir=$KUBEAPI/apis/k8s.cni.cncf.io/v1/namespaces/$(jq -r .metadata.namespace "$LAB_TMP/object")/network-attachment-definitions
	mkdir -p "$apply_dir"
	cp "$LAB_TMP/object" "$apply_dir/$(jq -r .metadata.name "$LAB_TMP/object").json"
}

# run NAME VFS [POD [NETWORKS]]: the pod POD of the examples (rdma-test), under this name; VFS is what the
# device plugin chose, 17 the shared one; with NETWORKS, the pod has that annotation instead of its own
run() {
	example Pod "${3:-rdma-test}" >"$LAB_TMP/pod"
	api_pod "$1" "${4:-$(jq -r '.metadata.annotations["k8s.v1.cni.cncf.io/networks"]' "$LAB_TMP/pod")}"
	resource=$(jq -r '.spec.containers[0].resources.limits | keys[0]' "$LAB_TMP/pod")
	devices=
	for vf in $2; do
		devices="$devices $([ "$vf" = 17 ] && echo 17 || vf_bdf "$vf")"
	done
	# shellcheck disable=SC2086 # a word for each
	allocate "$1" "$resource" $devices
	pod "$1"
	multus_add "$1"
}

# end NAME: as kubelet ends it
end() {
	multus del "$1"
	pod_del "$1"
	api_pod_gone "$1"
}

# address NAME [IFNAME]: of net1
address() {
	in_pod "$1" ip -o -4 addr show "${2:-net1}" | sed 's/.* inet \([0-9.]*\).*/\1/'
}

# request POD: what the pod of the examples wants
request() {
	example Pod "$1" | jq -c '[ .metadata.annotations, .spec.containers[0].resources ]'
}

# attached NAME VF: the pod sees the VF's RDMA device and no other, and the device has a GID of its address
attached() {
	contains "net1 of $1" "$(in_pod "$1" ip -o -4 addr show net1)" " 10.56.217."
	pod_verbs "$1" --only "$(vf_rdma "$2")" --gid "$(address "$1")"
}

# cluster_network: the cheapest there is, in front of the pods' own
cluster_network() {
	use_multus '{ "kubeconfig": "/tmp/lab/kubeconfig", "delegates": [
		{ "cniVersion": "1.0.0", "name": "cluster", "plugins": [ { "type": "loopback" } ] } ] }'
}

stand_in whereabouts .ipam.range
stand_in spiderpool '"10.56.217.0/24"'
simnic_start 6
clients_record
kubeapi_start
jq -c 'select(.kind == "NetworkAttachmentDefinition")' "$EXAMPLES" >"$LAB_TMP/networks"
# not echo, which would make line breaks of the \n in them
while IFS= read -r object; do
	printf '%s\n' "$object" | apply
done <"$LAB_TMP/networks"
cluster_network
snapshot "$LAB_TMP/bare"

say "the pods of the examples, on the network that they name"
vf=0
for name in rdma-test perftest-server; do
	vf=$((vf + 1))
	run "$name" "$vf" "$name"
	attached "$name" "$vf"
done
end rdma-test
end perftest-server
# the client asks for the same
equal "perftest-client's request" "$(request perftest-client)" "$(request perftest-server)"

say "a pod with the default network, one of each IPAM plugin, and the one that emit makes of this node"
use_multus '{ "kubeconfig": "/tmp/lab/kubeconfig", "clusterNetwork": "sriov-rdma-default" }'
"$CNI_PATH/rdma-doctor" --json >"$LAB_TMP/report" || note "the doctor has something to say"
/lab/emit nad spidernet.io/mellanoxrdma <"$LAB_TMP/report" | tee "$LAB_TMP/emitted" | apply
run all "0 1 2 3 4 5" rdma-test "$(jq -c --arg ip "$ADDRESS/24" '[ { name: "sriov-rdma-host-local" }, { name: "sriov-rdma-whereabouts" },
	{ name: "sriov-rdma-spiderpool" }, { name: "sriov-rdma-static", ips: [ $ip ] }, { name: .metadata.name } ]' "$LAB_TMP/emitted")"
links=$(in_pod all rdma link show)
for name in eth0 net1 net2 net3 net4 net5; do
	contains "the pod's RDMA devices" "$links" "netdev $name"
	contains "$name" "$(in_pod all ip -o -4 addr show "$name")" ' 10.56.217.'
done
equal "the static address" "$(address all net4)" "$ADDRESS"
pod_verbs all --count 6
end all
same_now "$LAB_TMP/bare" "after all pods of the exclusive mode"

say "shared mode: what emit makes for the device plugin, and what that would offer"
simnic_stop
RDMA_MODE=shared simnic_start 0
modprobe rdma_ucm
ip link set "$LAB_PF" down
ip link set "$LAB_PF" name ens1f0
pf_up ens1f0
"$CNI_PATH/rdma-doctor" --for shared --json >"$LAB_TMP/report" || note "the doctor has something to say"
/lab/emit shared-dp spidernet.io/hca_shared_devices <"$LAB_TMP/report" >"$LAB_TMP/dp.json"
contains "the prediction" "$("$CNI_PATH/rdma-doctor" --check-shared-dp "$LAB_TMP/dp.json")" \
	"resource spidernet.io/hca_shared_devices" "$LAB_PF_BDF yes" "offers 100 "

say "shared mode: macvlan and ipvlan"
cluster_network
: >"$CALLS"
# one after the other: an interface can be under macvlan or under ipvlan
for kind in macvlan ipvlan; do
	run "$kind" 17 rdma-shared-test "$kind-shared"
	contains "net1 of $kind" "$(in_pod "$kind" ip -d addr show net1)" "$kind" " 10.56.218."
	pod_verbs "$kind" --only rocep128f0 --gid "$(address "$kind")"
	end "$kind"
done
equal "calls of our plugins" "$(cat "$CALLS")" ''
