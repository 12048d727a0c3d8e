# SPDX-License-Identifier: Apache-2.0
# Multus with an API server and a kubelet to ask: device IDs, network status, Spiderpool's chain as eth0.
# lab: timeout=300
# lab: image=clients
# lab: kernels=6.12
export LAB_IPV6=no
. /lab/lib.sh
. /lab/clients.sh
. /lab/multus.sh
need_multus

RESOURCE=spidernet.io/mellanoxrdma

client_end() {
	[ -z "${kubeapi:-}" ] || kill "$kubeapi"
	wait
	rm -rf "$KUBELET"
}

# What Spiderpool's coordinator does to a pod's interface: it wants the interface up and prevResult
# in the chain's version, and sets a MAC address of its own.
coordinator() {
	cat >"$CNI_PATH/coordinator" <<-'PLUGIN'
		#!/bin/sh
		set -eu
		conf=$(cat)
		if [ "$CNI_COMMAND" = ADD ]; then
			nsenter --net="$CNI_NETNS" ip link set "$CNI_IFNAME" address 0a:1b:0a:38:00:0b
			echo "$conf" | jq -ce 'select(.cniVersion == .prevResult.cniVersion) | .prevResult'
		fi
	PLUGIN
	chmod 755 "$CNI_PATH/coordinator"
}

# spiderpool VERSION: the list that a SpiderMultusConfig with rdmaIsolation, a VLAN and an MTU becomes
spiderpool() {
	jq -n --arg version "$1" '{ cniVersion: $version, name: "sriov-rdma", plugins: [
		{ type: "sriov", vlan: 100, ipam: { type: "host-local", ranges: [ [ { subnet: "10.56.0.0/16" } ] ],
			routes: [ { dst: "10.57.0.0/16" } ] } },
		{ type: "rdma" },
		{ type: "coordinator", mode: "underlay", podMACPrefix: "0a:1b" },
		{ type: "tuning", mtu: 1400 } ] }'
}

# What a NetworkAttachmentDefinition by hand has: capabilities, and no device
by_hand() {
	jq -n '{ cniVersion: "1.0.0", name: "by-hand", plugins: [
		{ type: "sriov", trust: "on", ipam: { type: "host-local", ranges: [ [ { subnet: "10.58.0.0/16" } ] ] },
			capabilities: { mac: true, deviceID: true, CNIDeviceInfoFile: true } },
		{ type: "rdma" } ] }'
}

attached() {
	contains "the pod's links" "$(in_pod "$1" ip -o link show up)" ' eth0: ' ' net1: '
	pod_verbs "$1" --count 2
	contains "eth0's RDMA device" "$(in_pod "$1" rdma link show)" "$(vf_rdma 1)/1 state ACTIVE" 'netdev eth0' \
		"$(vf_rdma 2)/1 state ACTIVE" 'netdev net1'
	contains "eth0" "$(in_pod "$1" ip -d link show eth0)" 'mtu 1400' '0a:1b:0a:38:00:0b'
	contains "net1" "$(in_pod "$1" ip -d link show net1)" '02:00:00:00:00:77'
	contains "the VFs' lines" "$(vf_line 1) $(vf_line 2)" 'vlan 100' 'trust on'
}

simnic_start 4
clients_record
coordinator
kubeapi_start
use_multus '{ "kubeconfig": "/tmp/lab/kubeconfig", "clusterNetwork": "sriov-rdma" }'
api_network kube-system sriov-rdma "$(spiderpool 0.3.1)" "$RESOURCE"
api_network default by-hand "$(by_hand)" "$RESOURCE"
api_pod p1 '[ { "name": "by-hand", "mac": "02:00:00:00:00:77", "cni-args": { "app": [ "any", 1 ] } } ]'
allocate p1 "$RESOURCE" "$(vf_bdf 2)" "$(vf_bdf 1)"
snapshot "$LAB_TMP/bare"
pod p1
snapshot "$LAB_TMP/before"

say "add: the default network is Spiderpool's chain, the second network one by hand"
multus_add p1
attached p1
equal "the result's interface" "$(jq -r '.interfaces[0] | "\(.name) \(.sandbox)"' "$LAB_TMP/result")" \
	"eth0 /run/netns/p1"

say "what Multus gave to the plugins"
for plugin in sriov rdma; do
	equal "$plugin's device in the default network" \
		"$(conf_of ADD "$plugin" eth0 | jq -r '"\(.deviceID) \(.pciBusID) \(.runtimeConfig)"')" \
		"$(vf_bdf 1) $(vf_bdf 1) null"
	equal "$plugin's device in the second network" \
		"$(conf_of ADD "$plugin" net1 | jq -r '"\(.deviceID) \(.pciBusID) \(.args.cni.app[1])"')" \
		"$(vf_bdf 2) $(vf_bdf 2) 1"
done
equal "sriov's runtimeConfig in the second network" "$(conf_of ADD sriov net1 | jq -r .runtimeConfig.mac)" \
	02:00:00:00:00:77
info=$(conf_of ADD sriov net1 | jq -r .runtimeConfig.CNIDeviceInfoFile)
note "$info: $(cat "$info")"
contains "the device's file" "$(cat "$info")" "$(vf_bdf 2)" "$(vf_rdma 2)"
contains "sriov's ADD" "$(call_line ADD sriov)" 'K8S_POD_NAME=p1;' ';MAC=02:00:00:00:00:77'

say "what Multus told the API server"
status=$(cat "$KUBEAPI"/sent-* | tr -d '\n')
contains "the pod's status" "$status" 'PUT /api/v1/namespaces/default/pods/p1/status' \
	'k8s.v1.cni.cncf.io/network-status' 'kube-system/sriov-rdma' 'default/by-hand' '10.56.0.' '10.58.0.' \
	'device-info' "$(vf_bdf 2)" "$(vf_rdma 2)"

say "del, when the API server has forgotten the pod; and del again"
api_pod_gone p1
multus del p1
equal "prevResult at 0.3.1 and at 1.0.0" "$(conf_of DEL rdma eth0 | jq -r '.prevResult.cniVersion') $(
	conf_of DEL rdma net1 | jq -r '.prevResult.cniVersion')" "null 1.0.0"
multus del p1
same_now "$LAB_TMP/before" "after del"

say "status: the default network's plugins are asked without a device"
multus_node STATUS
equal "STATUS calls at 0.3.1" "$(calls_of STATUS rdma)" 0
api_network kube-system sriov-rdma "$(spiderpool 1.1.0)" "$RESOURCE"
multus_node STATUS
equal "the device in STATUS" "$(call_conf STATUS sriov | jq -r .deviceID) $(
	call_conf STATUS rdma | jq -r .deviceID)" "null null"
api_network kube-system sriov-rdma "$(spiderpool 0.3.1)" "$RESOURCE"

say "a pod that requests no device: the error says why none was handed over"
api_pod p1
allocate p1 other.io/resource "$(vf_bdf 3)"
refused multus add p1
event_fits
contains "the error" "$(cat "$LAB_TMP/refused")" deviceID resourceName
multus del p1
same_now "$LAB_TMP/before" "after a pod without a device"

say "the namespace is gone before del"
api_pod p1 by-hand
allocate p1 "$RESOURCE" "$(vf_bdf 1)" "$(vf_bdf 2)"
multus_add p1
pod_del p1
api_pod_gone p1
multus del p1
multus del p1
until_true 10 [ -e "/sys/class/net/$(vf_netdev 1)" ]
until_true 10 [ -e "/sys/class/net/$(vf_netdev 2)" ]
# tuning keeps its file when it finds no namespace
rm /run/cni/tuning/*
same_now "$LAB_TMP/bare" "after del without namespace"
