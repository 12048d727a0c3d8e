# SPDX-License-Identifier: Apache-2.0
"""An OCI image layout of one layer for each architecture. The same files make the same bytes."""
import gzip
import hashlib
import io
import json
import os
import tarfile
import time

TYPE = 'application/vnd.oci.image.%s'
TITLE = 'sriov-rdma-cni'


def layer(tree, epoch):
    """The tree as a tar archive: sorted, owned by root, one time."""
    def plain(info):
        info.uid = info.gid = 0
        info.uname = info.gname = ''
        info.mtime = epoch
        return info

    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=tarfile.PAX_FORMAT) as tar:
        for directory, dirs, files in os.walk(tree):
            dirs.sort()
            for name in sorted(dirs + files):
                path = os.path.join(directory, name)
                tar.add(path, os.path.relpath(path, tree), recursive=False, filter=plain)
    return out.getvalue()


class Layout:
    def __init__(self, directory):
        self.directory = directory
        os.makedirs(os.path.join(directory, 'blobs/sha256'))
        self.write('oci-layout', json.dumps({'imageLayoutVersion': '1.0.0'}).encode())

    def write(self, name, data):
        with open(os.path.join(self.directory, name), 'wb') as f:
            f.write(data)

    def blob(self, kind, data, **more):
        """Its descriptor"""
        if not isinstance(data, bytes):
            data = json.dumps(data, sort_keys=True).encode()
        name = hashlib.sha256(data).hexdigest()
        self.write('blobs/sha256/' + name, data)
        return dict(mediaType=TYPE % kind, digest='sha256:' + name, size=len(data), **more)

    def image(self, tree, arch, version, epoch, entrypoint):
        """One architecture's image; its descriptor"""
        tar = layer(tree, epoch)
        created = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(epoch))
        config = self.blob('config.v1+json', {
            'architecture': arch, 'os': 'linux', 'created': created,
            'config': {'Entrypoint': entrypoint, 'Labels': {
                'org.opencontainers.image.title': TITLE, 'org.opencontainers.image.version': version,
                'org.opencontainers.image.licenses': 'Apache-2.0'}},
            'rootfs': {'type': 'layers', 'diff_ids': ['sha256:' + hashlib.sha256(tar).hexdigest()]},
            'history': [{'created': created, 'created_by': 'scripts/image/build'}]})
        packed = self.blob('layer.v1.tar+gzip', gzip.compress(tar, 9, mtime=0))
        return self.blob('manifest.v1+json', {'schemaVersion': 2, 'mediaType': TYPE % 'manifest.v1+json',
                                              'config': config, 'layers': [packed]},
                         platform={'architecture': arch, 'os': 'linux'})

    def index(self, images, version):
        """Ends the layout: one name for all architectures."""
        one = self.blob('index.v1+json', {'schemaVersion': 2, 'mediaType': TYPE % 'index.v1+json',
                                          'manifests': images},
                        annotations={'org.opencontainers.image.ref.name': version})
        self.write('index.json', json.dumps({'schemaVersion': 2, 'manifests': [one]}).encode())
