# SPDX-License-Identifier: Apache-2.0
"""What of other projects is in our static programs: from the commands that linked them, and from symbols.

A library that a command names may have nothing in the program: the linker takes what is called.
"""
import functools
import glob
import os
import re
import shutil
import subprocess

TOP = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..'))
DEBS = os.path.join(TOP, 'build/deps/debs')
CJSON = os.path.join(TOP, 'build/deps/cjson')
COMMON = '/usr/share/common-licenses/'
# what the compiler adds by itself
IMPLICIT = ('libc.a', 'libgcc.a', 'libgcc_eh.a')
PARTS_OF_LIBC = ('pthread', 'c', 'dl', 'm', 'rt')
# Debian's source package: name, SPDX expression, texts that Debian's copyright file only refers to
KNOWN = {
    'glibc': ('glibc', 'LGPL-2.1-or-later', ('LGPL-2.1', 'GPL-2')),
    'gcc-12': ('libgcc', 'GPL-3.0-or-later WITH GCC-exception-3.1', ('GPL-3',)),
    'libnl3': ('libnl', 'LGPL-2.1-only', ('LGPL-2.1',)),
    'libcap2': ('libcap', 'BSD-3-Clause OR GPL-2.0-only', ('GPL-2',)),
    'cjson': ('cJSON', 'MIT', ()),
}
# Debian builds its cross compilers from these in turn: what is inside, only the binary's version tells,
# as 2.36-8cross1
CROSS = {'cross-toolchain-base': 'glibc', 'gcc-12-cross': 'gcc-12'}


class Component:
    """A source package, in the version that was linked in."""

    def __init__(self, source, version, copyright_file):
        if source not in KNOWN:
            raise SystemExit('scripts/image: no licence is known for %s; remedy: a row in KNOWN, %s'
                             % (source, __file__))
        self.source, self.version, self.copyright = source, version, copyright_file
        self.name, self.licence, self.texts = KNOWN[source]


def output(*command, cwd=None):
    return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True).stdout


def link_command(build, program):
    target = os.path.relpath(program, build)
    return output('ninja', '-C', build, '-t', 'commands', target).splitlines()[-1].split()


def compiler(build, program):
    words = link_command(build, program)
    return next(w for w in words if re.search(r'(gcc|clang|cc)(-\d+)?$', w))


def archives(build, program):
    """All of them, ours and others'."""
    cc = compiler(build, program)
    words = link_command(build, program)
    libs = [w[2:] for w in words if w.startswith('-l')]
    names = list(IMPLICIT) + ['lib%s.a' % lib for lib in libs if lib not in PARTS_OF_LIBC]
    yield from (os.path.realpath(os.path.join(build, w)) for w in words if w.endswith('.a'))
    yield from (os.path.realpath(output(cc, '-print-file-name=' + n).strip()) for n in names)


@functools.lru_cache(maxsize=None)
def unpacked(sysroot):
    """{file: .deb} of the development packages that scripts/debs has unpacked there."""
    found = {}
    with open(os.path.join(sysroot, '.debs'), encoding='utf-8') as f:
        for name, version, arch in (line.split() for line in f):
            if name.endswith('-dev'):
                deb = '%s/%s_%s_%s.deb' % (DEBS, name, version.replace(':', '%3a'), arch)
                for line in output('dpkg-deb', '-c', deb).splitlines():
                    found[os.path.normpath('/' + line.split()[5])] = deb
    return found


def component_of_deb(path, sysroot):
    inside = '/' + os.path.relpath(path, sysroot)
    files = unpacked(sysroot)
    deb = files.get(inside) or files.get(inside.replace('/usr/lib/', '/lib/', 1))
    if not deb:
        raise SystemExit('scripts/image: %s is of no package in %s' % (path, sysroot))
    fields = dict(line.split(': ', 1) for line in output('dpkg-deb', '-f', deb).splitlines() if ': ' in line)
    source, _, version = fields.get('Source', fields['Package']).partition(' ')
    return Component(source, version.strip('()') or fields['Version'],
                     os.path.join(sysroot, 'usr/share/doc', fields['Package'], 'copyright'))


def component_of_system(path):
    for name in (path, path.replace('/usr/lib/', '/lib/', 1)):
        done = subprocess.run(['dpkg', '-S', name], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            break
    else:
        raise SystemExit('scripts/image: %s is of no Debian package' % path)
    package = done.stdout.rsplit(': ', 1)[0]
    source, version, binary = output('dpkg-query', '-W', '-f', '${source:Package} ${source:Version} ${Version}',
                                     package).split()
    if source in CROSS:
        source, version = CROSS[source], re.sub(r'cross\d+$', '', binary)
    return Component(source, version, '/usr/share/doc/%s/copyright' % package.split(':')[0])


def component_of_cjson():
    with open(os.path.join(CJSON, '.debs'), encoding='utf-8') as f:
        return Component('cjson', f.read().split()[1], os.path.join(CJSON, 'LICENSE'))


@functools.lru_cache(maxsize=None)
def component_of(path, build):
    """None: it is ours."""
    if os.path.basename(path) == 'libcjson.a':
        return component_of_cjson()
    sysroots = [s for s in glob.glob(TOP + '/build/sysroot/*') if path.startswith(s + '/')]
    if sysroots:
        return component_of_deb(path, sysroots[0])
    return None if path.startswith(build + '/') else component_of_system(path)


@functools.lru_cache(maxsize=None)
def defined(path):
    """Names of the functions and data in an archive or a program that is not stripped."""
    done = subprocess.run(['nm', '--defined-only', path], capture_output=True, text=True, check=False)
    return {w[2] for w in map(str.split, done.stdout.splitlines()) if len(w) == 3 and w[1] in 'TDRBWV'}


def components(build, program):
    """{name: Component} of what is linked into a program of this build directory."""
    build = os.path.realpath(build)
    inside = defined(program)
    if not inside:
        raise SystemExit('scripts/image: %s has no symbols; remedy: give a build that is not stripped' % program)
    found = (component_of(path, build) for path in archives(build, os.path.realpath(program))
             if defined(path) & inside)
    return {c.name: c for c in found if c}


def write_notices(parts, directory):
    """Each component's own notice, and the licence texts that it refers to."""
    os.makedirs(directory, exist_ok=True)
    for part in parts:
        shutil.copyfile(part.copyright, os.path.join(directory, part.name))
        for text in part.texts:
            shutil.copyfile(COMMON + text, os.path.join(directory, text))
