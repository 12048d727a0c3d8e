# SPDX-License-Identifier: Apache-2.0
"""What the Go plugins of the same names do with their state files, on the fake kernel.

Written down from what was seen of them: which members each release writes, what its DEL gives back
and what makes it fail. So a node can be taken from one implementation to the other and back.
"""
import contextlib
import fcntl
import json
import os
import re
import subprocess

RELEASES = ('2.6', '2.7', '2.8', '2.10', 'head')
ZERO_MAC = '00:00:00:00:00:00'
PROTO_802_1Q = 0x8100
ASKED = ('vlan', 'vlanQoS', 'vlanProto', 'min_tx_rate', 'max_tx_rate')
ASKED_TEXT = ('spoofchk', 'trust', 'link_state')
LINK_STATES = ('auto', 'enable', 'disable')


class GoError(Exception):
    pass


class World:
    """The fake kernel, through fakectl."""

    def __init__(self, ctl):
        self.ctl = ctl

    def device(self, bdf):
        """The lines of the dump about one device."""
        found = re.search(r'^device %s .*\n(?:  .*\n)*' % re.escape(bdf), self.ctl(['dump']), re.M)
        if not found:
            raise GoError('no device ' + bdf)
        return found.group(0)

    def has_netns(self, path):
        return re.search(r'^netns (.* )?%s( |$)' % re.escape(path), self.ctl(['dump']), re.M) is not None

    def vf(self, bdf):
        number = int(re.search(r' vf (\d+) of', self.device(bdf)).group(1))
        m = re.search(r'admin mac (\S+) vlan (\d+) qos (\d+) proto (\w+) rate (\d+)-(\d+) '
                      r'spoofchk (\w+) trust (\w+) link (\w+)', self.device(bdf))
        return {'VFID': number, 'AdminMAC': m[1], 'Vlan': int(m[2]), 'VlanQoS': int(m[3]),
                'VlanProto': int(m[4], 16), 'MinTxRate': int(m[5]), 'MaxTxRate': int(m[6]),
                'SpoofChk': m[7] == 'on', 'Trust': m[8] == 'on',
                'LinkState': LINK_STATES.index(m[9])}

    def link(self, bdf):
        m = re.search(r'  link (\S+) in (\S+) .*?mac (\S+) mtu (\d+)', self.device(bdf))
        return {'name': m[1], 'netns': m[2], 'mac': m[3], 'mtu': int(m[4])} if m else None

    def rdma(self, bdf):
        m = re.search(r'  rdma (\S+) in (\S+) ', self.device(bdf))
        return {'name': m[1], 'netns': m[2]} if m else None

    def set(self, what, **values):
        words = {k: ('yes' if v else 'no') if isinstance(v, bool) else v for k, v in values.items()}
        self.ctl(['set', what] + ['%s=%s' % word for word in words.items()])

    def set_link(self, link, **values):
        self.set('%s/%s' % (link['netns'], link['name']), **values)


class Call:
    """One call of one plugin, by a release of it."""

    def __init__(self, world, env, conf, release):
        if release not in RELEASES:
            raise ValueError('no rules for release ' + release)
        self.world, self.env, self.conf = world, env, conf
        self.age = RELEASES.index(release)
        self.state = os.path.join(env['FAKE_ROOT'], 'var/lib/cni')
        self.container, self.ifname = env['CNI_CONTAINERID'], env['CNI_IFNAME']
        self.netns = env.get('CNI_NETNS', '')

    def since(self, release):
        return self.age >= RELEASES.index(release)

    @staticmethod
    def write(path, text):
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)

    @staticmethod
    def read(path):
        try:
            with open(path, encoding='utf-8') as f:
                return f.read()
        except FileNotFoundError:
            return None


class Sriov(Call):
    def path(self):
        return os.path.join(self.state, 'sriov', '%s-%s' % (self.container, self.ifname))

    def mark(self, bdf):
        return os.path.join(self.state, 'sriov/pci', bdf)

    @contextlib.contextmanager
    def lock(self, bdf):
        """As the plugin's, but it does not wait: nothing here runs beside it."""
        path = os.path.join(self.state, 'sriov/pci/vf_lock', bdf + '.lock')
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
        with open(path, 'w', encoding='utf-8') as f:
            try:
                fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as e:
                raise GoError('the lock of %s is taken' % bdf) from e
            try:
                yield
            finally:
                # Closing would not do: a program that another case's thread is just starting has
                # this descriptor, too, until its exec().
                fcntl.flock(f, fcntl.LOCK_UN)

    def ipam(self, verb, kind):
        if not kind:
            return
        done = subprocess.run([os.path.join(self.env['CNI_PATH'], kind)],
                              env=dict(self.env, CNI_COMMAND=verb), capture_output=True,
                              input=json.dumps(self.conf).encode(), check=False)
        if done.returncode:
            raise GoError('ipam %s failed: %s' % (verb, done.stdout.decode()))

    # ---- ADD ----

    def check_allocated(self, bdf):
        mark = self.read(self.mark(bdf))
        if mark is None:
            return
        if self.world.has_netns(mark):
            raise GoError('pci address %s is already allocated' % bdf)
        os.unlink(self.mark(bdf))

    def original(self, link, vf):
        o = {'HostIFName': link['name'], 'SpoofChk': vf['SpoofChk'], 'AdminMAC': vf['AdminMAC'],
             'EffectiveMAC': link['mac'], 'Vlan': vf['Vlan'], 'VlanQoS': vf['VlanQoS'],
             'MinTxRate': vf['MinTxRate'], 'MaxTxRate': vf['MaxTxRate'],
             'LinkState': vf['LinkState']}
        if self.since('2.8'):
            o.update(Trust=vf['Trust'], VlanProto=vf['VlanProto'])
        if self.since('2.10'):
            o['MTU'] = link['mtu']
        return o

    def saved(self, link, vf):
        """What ADD keeps: the configuration's known keys, and what was before."""
        c = self.conf
        s = {'name': c['name'], 'type': 'sriov', 'cniVersion': c['cniVersion'],
             'deviceID': c['deviceID'], 'Master': 'ens1f0', 'VFID': vf['VFID'],
             'MAC': c.get('mac', '').lower(), 'OrigVfState': self.original(link, vf),
             'ipam': {k: v for k, v in c.get('ipam', {}).items() if k == 'type'},
             'runtimeConfig': {}}
        s.update((key, c.get(key)) for key in ASKED)
        if s['vlan'] is not None and s['vlanQoS'] is None:
            s['vlanQoS'] = 0
        s.update((key, c[key]) for key in ASKED_TEXT if c.get(key))
        if self.since('2.10'):
            s['MTU'] = link['mtu']
        if not self.since('2.8'):
            s.update(DPDKMode=False, ContIFNames=self.ifname)
        return s

    def set_vf(self):
        c = self.conf
        keys = {'vlan': 'vlan', 'vlanQoS': 'qos', 'min_tx_rate': 'min_tx_rate',
                'max_tx_rate': 'max_tx_rate', 'mac': 'mac'}
        values = {there: c[here] for here, there in keys.items() if c.get(here) is not None}
        values.update({key: c[key] == 'on' for key in ('spoofchk', 'trust') if c.get(key)})
        if c.get('link_state'):
            values['link_state'] = LINK_STATES.index(c['link_state'])
        if values:
            self.world.set(c['deviceID'], **values)

    def add(self):
        bdf = self.conf['deviceID']
        with self.lock(bdf):
            if self.since('2.7'):
                self.check_allocated(bdf)
            link, vf = self.world.link(bdf), self.world.vf(bdf)
            self.set_vf()
            if self.conf.get('mac'):
                self.world.set_link(link, mac=self.conf['mac'])
            self.world.set_link(link, name=self.ifname, netns=self.netns)
            self.world.set('%s/%s' % (self.netns, self.ifname), up=True)
            self.ipam('ADD', self.conf.get('ipam', {}).get('type'))
            self.write(self.path(), json.dumps(self.saved(link, vf), sort_keys=True,
                                               separators=(',', ':')))
            if self.since('2.7'):
                self.write(self.mark(bdf), self.netns)

    # ---- DEL ----

    def reset_vf(self, s):
        """Through the PF: what was configured, and only that."""
        o, values = s['OrigVfState'], {}
        if s.get('vlan') is not None:
            values.update(vlan=o['Vlan'], qos=o['VlanQoS'], proto=o.get('VlanProto') or PROTO_802_1Q)
        if s.get('spoofchk'):
            values['spoofchk'] = o['SpoofChk']
        if self.gives_macs_back(s) and o['AdminMAC']:
            values['mac'] = o['AdminMAC']
        if s.get('trust') and 'Trust' in o:
            values['trust'] = o['Trust']
        if s.get('min_tx_rate') is not None or s.get('max_tx_rate') is not None:
            values.update(min_tx_rate=o['MinTxRate'], max_tx_rate=o['MaxTxRate'])
        if s.get('link_state'):
            values['link_state'] = o['LinkState']
        if values:
            self.world.set(s['deviceID'], **values)

    def gives_macs_back(self, s):
        return self.age > RELEASES.index('2.10') or s['MAC'] != ''

    def release(self, s):
        """In the pod: by name, not by device."""
        o = s['OrigVfState']
        name = self.ifname if self.since('2.8') else s['ContIFNames']
        link = self.world.link(s['deviceID'])
        if not link or (link['name'], link['netns']) != (name, self.netns):
            raise GoError('failed to get netlink device with name ' + name)
        values = {'up': False, 'name': o['HostIFName'], 'netns': 'host'}
        if self.gives_macs_back(s) and o['EffectiveMAC']:
            values['mac'] = o['EffectiveMAC']
        if self.since('2.10') and o.get('MTU'):
            values['mtu'] = o['MTU']
        self.world.set_link(link, **values)

    def delete(self, s):
        self.ipam('DEL', s['ipam'].get('type'))
        if not self.netns:
            return # VF and mark are left as they are
        if not self.since('2.8') and 'ContIFNames' not in s:
            raise GoError('no ContIFNames')
        self.reset_vf(s)
        if not self.world.has_netns(self.netns):
            return # the mark is left
        if s['OrigVfState']['HostIFName']:
            self.release(s)
        if self.since('2.7'):
            try:
                os.unlink(self.mark(s['deviceID']))
            except FileNotFoundError as e:
                raise GoError('error cleaning the pci allocation') from e

    def del_(self):
        text = self.read(self.path())
        if text is None:
            return
        s = json.loads(text)
        with self.lock(s['deviceID']):
            self.delete(s)
            os.unlink(self.path())


class Rdma(Call):
    """All releases are the same."""

    def path(self):
        return os.path.join(self.state, 'rdma', '%s-%s-%s' % (self.conf['name'], self.container,
                                                              self.ifname))

    def add(self):
        bdf = self.conf['deviceID']
        name = self.world.rdma(bdf)['name']
        self.world.set('rdma/' + name, netns=self.netns)
        self.write(self.path(), json.dumps({'version': '1.0', 'deviceID': bdf,
                                            'sandboxRdmaDevName': name,
                                            'containerRdmaDevName': name},
                                           separators=(',', ':')))

    def del_(self):
        text = self.read(self.path()) if self.netns else None
        if text is None:
            return
        s = json.loads(text)
        if not self.world.has_netns(self.netns):
            raise GoError('failed to open network namespace')
        device = self.world.rdma(s['deviceID'])
        if not device or device != {'name': s['containerRdmaDevName'], 'netns': self.netns}:
            raise GoError('cannot find RDMA link from name')
        self.world.set('rdma/' + device['name'], netns='host')
        os.unlink(self.path())


PLUGINS = {'sriov': Sriov, 'rdma': Rdma}
VERBS = {'ADD': 'add', 'DEL': 'del_'}


def run(plugin, verb, release, ctl, env, conf):
    """None, or why it fails."""
    call = PLUGINS[plugin](World(ctl), env, conf, release)
    try:
        getattr(call, VERBS[verb])()
    except GoError as e:
        return str(e)
    return None
