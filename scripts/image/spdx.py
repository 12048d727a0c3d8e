# SPDX-License-Identifier: Apache-2.0
"""A list of what is in the image, as SPDX 2.3 in JSON (spdx.github.io/spdx-spec)."""
import hashlib
import time

URL = 'https://sriov-rdma-cni.dev'


def digest(path, kind):
    with open(path, 'rb') as f:
        return hashlib.new(kind, f.read()).hexdigest()


def verification_code(files):
    """Of a package, from its files (SPDX 2.3, 7.9)"""
    sums = sorted(c['checksumValue'] for f in files for c in f['checksums'] if c['algorithm'] == 'SHA1')
    return {'packageVerificationCodeValue': hashlib.sha1(''.join(sums).encode()).hexdigest()}


def package(ident, name, version, licence, **more):
    return dict({'SPDXID': ident, 'name': name, 'versionInfo': version, 'filesAnalyzed': False,
                 'downloadLocation': 'NOASSERTION', 'licenseConcluded': licence,
                 'licenseDeclared': licence, 'copyrightText': 'NOASSERTION'}, **more)


def component_package(part):
    purl = 'pkg:deb/debian/%s@%s?arch=source' % (part.source, part.version.replace(':', '%3A'))
    return package('SPDXRef-' + part.name, part.name, part.version, part.licence,
                   sourceInfo='statically linked; Debian source package ' + part.source,
                   externalRefs=[{'referenceCategory': 'PACKAGE-MANAGER', 'referenceType': 'purl',
                                  'referenceLocator': purl}])


def program_file(name, path):
    return {'SPDXID': 'SPDXRef-File-' + name, 'fileName': './usr/bin/' + name, 'fileTypes': ['BINARY'],
            'checksums': [{'algorithm': 'SHA1', 'checksumValue': digest(path, 'sha1')},
                          {'algorithm': 'SHA256', 'checksumValue': digest(path, 'sha256')}],
            'licenseConcluded': 'NOASSERTION', 'copyrightText': 'NOASSERTION'}


def relation(one, kind, other):
    return {'spdxElementId': one, 'relationshipType': kind, 'relatedSpdxElement': other}


def document(version, arch, epoch, programs):
    """@programs: {name: (path, {name: Component})}"""
    parts = {c.name: c for _, linked in programs.values() for c in linked.values()}
    files = [program_file(name, path) for name, (path, _) in sorted(programs.items())]
    ours = 'SPDXRef-sriov-rdma-cni'
    contents = hashlib.sha256(''.join(f['checksums'][1]['checksumValue'] for f in files).encode()).hexdigest()
    return {
        'spdxVersion': 'SPDX-2.3',
        'dataLicense': 'CC0-1.0',
        'SPDXID': 'SPDXRef-DOCUMENT',
        'name': 'sriov-rdma-cni-%s-%s' % (version, arch),
        'documentNamespace': '%s/spdx/%s-%s-%s' % (URL, version, arch, contents[:16]),
        'creationInfo': {'created': time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(epoch)),
                         'creators': ['Tool: scripts/image/build']},
        'packages': [package(ours, 'sriov-rdma-cni', version, 'Apache-2.0', filesAnalyzed=True,
                             packageVerificationCode=verification_code(files))] +
                    [component_package(parts[name]) for name in sorted(parts)],
        'files': files,
        'relationships': [relation('SPDXRef-DOCUMENT', 'DESCRIBES', ours)] +
                         [relation(ours, 'CONTAINS', f['SPDXID']) for f in files] +
                         [relation('SPDXRef-File-' + name, 'STATIC_LINK', 'SPDXRef-' + part)
                          for name, (_, linked) in sorted(programs.items()) for part in sorted(linked)],
    }
