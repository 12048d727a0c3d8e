# SPDX-License-Identifier: Apache-2.0
# rdma-doctor on a healthy node and on eleven broken ones, each mended by what it prints.
# lab: timeout=120
# lab: kernels=6.12
. /lab/lib.sh
need_plugins

# The doctor is beside cni-install and the plugins, as in an archive: so it knows how to install them.
RELEASE=/opt/release
DOCTOR=$RELEASE/rdma-doctor
PARAMETERS=/sys/module/simnic/parameters
MODES=/etc/modprobe.d

# examine: what is wrong is then in $problems, "ID COMMAND" of each in $LAB_TMP/fixes. The text is
# read, not the JSON: it is what a person has. No program is there for it to call.
examine() {
	examine_status=0
	env -i PATH=/nonexistent $DOCTOR >"$LAB_TMP/report" || examine_status=$?
	problems=
	id=
	while IFS= read -r line; do
		case $line in
		'PROBLEM ['*)
			id=${line#PROBLEM \[}
			id=${id%%]*}
			case " $problems " in
			*" $id "*) ;;
			*) problems=${problems:+$problems }$id ;;
			esac
			;;
		'note ['*) id= ;;
		'   fix: '*) [ -z "$id" ] || echo "$id ${line#   fix: }" ;;
		'COULD NOT LOOK'*) fail "$line" ;;
		esac
	done <"$LAB_TMP/report" >"$LAB_TMP/fixes"
	[ -n "$problems" ] && wanted=1 || wanted=0
	equal "the exit status with problems '$problems'" "$examine_status" "$wanted"
}

# broken ID...: exactly these problems are found
broken() {
	examine
	equal "the problems found" "$problems" "$*"
	while read -r id fix; do
		note "$id: $fix"
	done <"$LAB_TMP/fixes"
}

# mend ID [LEFT...]: runs the commands that are printed for it; then the doctor is satisfied, but for LEFT
mend() {
	mended=$1
	shift
	cp "$LAB_TMP/fixes" "$LAB_TMP/todo"
	while read -r id fix; do
		[ "$id" != "$mended" ] || sh -c "$fix"
	done <"$LAB_TMP/todo"
	examine
	equal "what is left after $mended was mended" "$problems" "$*"
}

# A process that holds the pod's namespace. Without the scenario's stdout, which would end with it.
hold() {
	ip netns exec "$1" sleep 1000 >/dev/null 2>&1 &
	holder=$!
	until_true 10 holds
}

# not before it is in there: it is the shell's child first, in the host's namespace
holds() {
	[ "$(readlink "/proc/$holder/ns/net")" != "$home_ns" ]
}

is_home() {
	[ -e "$(vf_dir 1)/net" ] && [ -e "/sys/class/infiniband/$(vf_rdma 1)" ]
}

home_ns=$(readlink /proc/self/ns/net)
mkdir -p "$MODES" "$RELEASE" "$NETCONFPATH"
cp "$CNI_PATH/rdma-doctor" "$CNI_PATH/cni-install" "$CNI_PATH/sriov" "$CNI_PATH/rdma" "$RELEASE/"
cat >"$NETCONFPATH/lab.conflist" <<CONF
{ "cniVersion": "1.0.0", "name": "lab", "plugins": [
	{ "type": "sriov", "deviceID": "$(vf_bdf 1)", "vlan": 100, "ipam": {
		"type": "host-local", "ranges": [ [ { "subnet": "10.56.0.0/16" } ] ] } },
	{ "type": "rdma", "deviceID": "$(vf_bdf 1)" } ] }
CONF

/lab/rdma-mode persist exclusive
[ ! -e "$MODES/ib_core.conf" ] || fail "a dry run wrote a file"
/lab/rdma-mode persist exclusive --apply

say "1: ib_core is missing; the card comes with it, which the lab's driver has to be told"
echo 'options ib_core recv_queue_size=64 send_queue_size=64' >"$MODES/lab.conf"
broken core-missing
mend core-missing uverbs-missing no-rdma
simnic_start 2
/lab/vf-setup "$LAB_PF" 2
examine
equal "the problems after a dry run of vf-setup" "$problems" vf-no-admin-mac
/lab/vf-setup "$LAB_PF" 2 --apply

say "healthy"
examine
equal "the problems" "$problems" ""
listing=$(cat "$LAB_TMP/report")
echo "$listing"
contains "the listing" "$listing" "PF $LAB_PF_BDF 5349:0001 simnic $LAB_PF ether, 2 of 64 VFs; RDMA rocep128f0 port 1" \
	"VF 1 $(vf_bdf 1) 5349:0002 simnicvf $(vf_netdev 1) admin MAC $(cat "/sys/class/net/$(vf_netdev 1)/address")" \
	"RDMA $(vf_rdma 1) port 1 uverbs2 umad2 roce GUID" "RDMA mode: exclusive now, exclusive after the next boot"
equal "what was left behind" "$($DOCTOR --stale)" "nothing is left behind"

say "2: ib_uverbs is missing"
rmmod ib_uverbs
broken uverbs-missing
mend uverbs-missing

say "a device node is missing"
mv /dev/infiniband/uverbs2 /dev/kept
broken no-node
mend no-node
[ -c /dev/infiniband/uverbs2 ] || fail "/dev/infiniband/uverbs2 is no device"
# the kernel removes only nodes that it has made itself
mv /dev/kept /dev/infiniband/uverbs2

say "3: shared mode"
/lab/rdma-mode set shared --apply
broken mode
mend mode

say "4: the next boot has another mode"
echo 'options ib_core netns_mode=1' >"$MODES/zz.conf"
broken mode-next-boot
mend mode-next-boot
rm "$MODES/zz.conf"

say "5: a VF without RDMA device"
echo 0 >"$PARAMETERS/rdma"
vf_bind 1 simnicvf
echo 1 >"$PARAMETERS/rdma"
broken vf-no-rdma
mend vf-no-rdma

say "6: a VF without administrative MAC"
ip link set "$LAB_PF" vf 0 mac 00:00:00:00:00:00
broken vf-no-admin-mac
mend vf-no-admin-mac

say "7: node GUID 0"
echo 1 >"$PARAMETERS/zero_guid"
ip link set "$LAB_PF" vf 0 mac 00:00:00:00:00:00
vf_bind 0 simnicvf
broken vf-zero-guid
mend vf-zero-guid
echo 0 >"$PARAMETERS/zero_guid"

say "8: stale records"
pod p1
cni_add lab p1 >"$LAB_TMP/result"
examine
equal "the problems while a pod is attached" "$problems" ""
contains "the PF's line" "$(vf_line 1)" "vlan 100"
pod_del p1
until_true 10 is_home
broken stale
contains "rdma-doctor --stale" "$($DOCTOR --stale)" 'CNI_COMMAND=GC' "$(vf_bdf 1)"
mend stale
case $(vf_line 1) in
*vlan*) fail "the VLAN is still set: $(vf_line 1)" ;;
esac

say "9: a VF lost in a namespace that only a process holds"
pod p1
cni_add lab p1 >"$LAB_TMP/result"
hold p1
ip netns del p1
broken stale vf-lost
mend vf-lost stale
mend stale
kill "$holder"

say "10: the Go plugins are installed"
for name in sriov rdma; do
	# a real Go program, with the words that the linker leaves in the plugin's
	cp "$CNI_PATH/host-local" "$LAB_TMP/$name"
	echo "k8snetworkplumbingwg/$name-cni" >>"$LAB_TMP/$name"
	mv "$LAB_TMP/$name" "$CNI_PATH/$name"
done
broken plugin-go
mend plugin-go
cmp "$RELEASE/sriov" "$CNI_PATH/sriov"
cmp "$RELEASE/rdma" "$CNI_PATH/rdma"

say "rdma-mode names what keeps the kernel from switching"
pod p1
hold p1
refused /lab/rdma-mode set shared --apply
contains "rdma-mode" "$(cat "$LAB_TMP/refused")" EBUSY /run/netns/p1 "persist shared"
kill "$holder"

rm -r "$MODES" "$RELEASE"
