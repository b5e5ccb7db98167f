/** Values for the fields of a config: allowed values and typical errors. */

const sha512 = `sha512-${"0".repeat(128)}`;
const sha256 = `sha256-${"a".repeat(64)}`;

export interface Values {
  good: readonly unknown[];
  bad: readonly unknown[];
}

export const paths: Values = {
  good: [
    "/",
    "/a",
    "/a/b",
    "/a/b/c",
    "/etc/hostname",
    "/opt/x y",
    "/var/lib/ü",
    "/link/x",
    "/etc/systemd/system/a.service",
    "/etc/systemd/system/a.service.d/10.conf",
    "/a.b",
    "/...",
    "/a\nb",
  ],
  bad: ["", "a", "./a", "/a/", "//a", "/a//b", "/a/../b", "/a/.", "/..", "/.", "a/b", " /a", "~/x", "\\a"],
};

export const devices: Values = {
  good: ["/dev/vda", "/dev/vdb", "/dev/disk/by-id/x"],
  bad: ["", "vda", "/dev/vda/", "/dev//vda"],
};

export const urls: Values = {
  good: [
    "data:,",
    "data:,hello%20world",
    "data:;base64,aGVsbG8=",
    "data:;base64,",
    "data:text/plain;charset=utf-8,abc",
    "data:text/plain;charset=utf-8;base64,YQ==",
    "data:application/octet-stream,%00%ff",
    "data:x-y/z,1",
    "DATA:,x".toLowerCase(),
    'data:text/plain;a="b c",d',
    "data:,?a=b&c=[]".replace("[]", "_"),
    "http://example.com",
    "https://example.com/a?b=c#d",
    "HTTP://example.com",
    "https://user:pw@example.com:8443/x",
    "http://[fe80::1]:80/",
    "http://[fe80::1%25eth0]/",
    "https://",
    "http:///a",
    "http:a",
    "tftp://10.0.0.1/x",
    "gs://bucket/o",
    "s3://bucket/key",
    "s3://bucket/key?versionId=abc",
    "s3:",
    "https://ex%C3%A4mple.com/%20",
    "arn:aws:s3:::bucket/key",
    "arn:aws:s3:us-west-1:123456789012:accesspoint/test/object/some/path",
    "arn:aws:s3:::bucket/key?versionId=1",
    "http://a_b.c/",
    "http://a:/",
    "",
  ],
  bad: [
    "hello",
    "/etc/passwd",
    "file:///etc/passwd",
    "ftp://example.com",
    "oem:///x",
    ":",
    "://",
    "http://a b",
    "http://[::1",
    "http://a:b/",
    "http://%zz/",
    "http://a/%zz",
    "http://a#%zz",
    "http://\u0001",
    "http://a::1/",
    "http://[1.2.3.4]/",
    "http://x[::1]/",
    "http://us er@a/",
    "s3://b/k?versionId=",
    "s3://b/k?versionId",
    "arn:aws:s3:::bucket",
    "arn:aws:ec2:::a/b",
    "arn:aws:s3:::accesspoint/x",
    "arn:foo",
    "arn:",
    "data:",
    "data:;",
    "data:;base64",
    "data:;base64,a",
    "data:;base64,a===",
    "data:;base64,aGVsbG8",
    "data:,a b",
    "data:,%",
    "data:,%0",
    "data:,%0x",
    "data:,ü",
    "data:foo,bar",
    "data:foo/bar,baz",
    "data:text,x",
    "data:text/plain",
    "data:;charset=,x",
    "data:;=x,y",
    "data:;base64;charset=x,y",
    "data:;BASE64,aa==",
    "data:,<",
    'data:,"',
    'data:text/plain;a="b,c',
    "data:;a=%zz,x",
    "DATA:,x",
    "data:,a#b",
    "data:;base64,YQ==\n",
    "data:,{}",
    "1http://a",
    "http//a",
  ],
};

export const hashes: Values = {
  good: [sha512, sha256, `sha512-${"z".repeat(128)}`],
  bad: [
    "",
    "sha512",
    "md5-00",
    `sha512-${"0".repeat(127)}`,
    `sha256-${"0".repeat(128)}`,
    `SHA512-${"0".repeat(128)}`,
    `-${"0".repeat(128)}`,
    `sha512${"0".repeat(128)}`,
    `sha512-${"ü".repeat(64)}x`,
  ],
};

export const modes: Values = {
  good: [0, 420, 493, 511, 0o644],
  bad: [-1, 4096, 0o1777, 0o4755, 4095, 100_000, 420.5, "0644", true],
};

export const compressions: Values = { good: ["gzip", ""], bad: ["bzip2", "GZIP", "gz", " "] };

export const unitNames: Values = {
  good: [
    "a.service",
    "b.socket",
    "c@.service",
    "c@1.service",
    "data.mount",
    "x.timer",
    ".service",
    "a.b.path",
    "z.target",
    "s.slice",
  ],
  bad: ["", "a", "a.conf", "a.services", "a.service/", "a.service ", "service", "a.Service"],
};

export const unitTexts: Values = {
  good: [
    "",
    "[Unit]\nDescription=x\n",
    "[Unit]\nDescription=x\n[Install]\nWantedBy=multi-user.target\n",
    "[Service]\r\nExecStart=/bin/true\r\n",
    "# only a comment",
    "[Service]\nA=b \\\n c\n",
    "[Install]\n",
    "; c\n[Unit]\nA=",
    "no section, no problem",
    "[Unit]\n\n\n  A = b\n",
    "[Unit]\n=x\n",
    "[]\nA=b",
    "[Unit]\nA=b\\",
    "#c \\\n[Unit]\n",
    "[Unit]\u00a0\nA=b",
    "[Unit]\u2003\n\u00a0A=b\n",
    `[Unit]\nA=${"x".repeat(2000)}\n`,
    `[Unit]\nA=${"ü".repeat(900)}\nB=c\n`,
  ],
  bad: [
    "[Unit",
    "[Unit]garbage\nA=b",
    "[Unit]\nfoo\n",
    "[Unit]\nfoo",
    "[Unit]\nA=b\nfoo\nC=d\n",
    `[Unit]\nA=${"x".repeat(3000)}\n`,
    `[Unit]\n#${"x".repeat(3000)}\n`,
    "[Unit]\n[Service\nA=b",
    "[Unit]\nä",
    `${"#\n".repeat(2000)}[Unit]\nA=${"x".repeat(2100)}\n`,
  ],
};

export const dropinNames: Values = { good: ["10.conf", ".conf", "a.b.conf"], bad: ["", "10", "10.conf.d", "10.Conf"] };

export const labels: Values = {
  good: ["data", "ROOT", "x".repeat(11)],
  bad: [
    "x".repeat(12),
    "x".repeat(13),
    "x".repeat(16),
    "x".repeat(17),
    "ü".repeat(9),
    "x".repeat(47),
    "x".repeat(48),
    "x".repeat(257),
    "",
  ],
};

export const partitionLabels: Values = {
  good: ["boot", "root", "", "x".repeat(36)],
  bad: ["x".repeat(37), "ü".repeat(19), "a:b", ":"],
};

export const guids: Values = {
  good: ["", "01234567-89AB-CDEF-EDCB-A98765432101", "01234567-89ab-cdef-edcb-a98765432101"],
  bad: ["x", "01234567-89AB-CDEF-EDCB-A9876543210", "{01234567-89AB-CDEF-EDCB-A98765432101}"],
};

export const formats: Values = {
  good: ["ext4", "btrfs", "xfs", "swap", "vfat", "none", ""],
  bad: ["ext3", "XFS", "ntfs", "constructor"],
};

export const levels: Values = {
  good: [
    "linear",
    "raid0",
    "0",
    "stripe",
    "raid1",
    "1",
    "mirror",
    "raid4",
    "4",
    "raid5",
    "5",
    "raid6",
    "6",
    "raid10",
    "10",
  ],
  bad: ["", "raid2", "RAID1", "toString", "jbod"],
};

export const proxies: Values = {
  good: ["https://proxy.example.com:3128", "https://p"],
  bad: ["http://p", "", "socks5://p", "p:3128", "http://[", "//p"],
};

export const tangUrls: Values = {
  good: ["http://tang.example.com", "https://t"],
  bad: ["", "ftp://t", "t", "http://[", undefined],
};

export const advertisements: Values = {
  good: ["", "{}", '{"payload":""}', " 1 "],
  bad: ["{", "x", "'a'", "{}}", "01"],
};

export const pins: Values = { good: ["tpm2", "tang", "sss", ""], bad: ["yubikey", "TPM2"] };

export const texts: Values = { good: ["a", "b", "c", "x y", "ü", "--force"], bad: [""] };

export const numbers: Values = { good: [0, 1, 2, 10, 1000], bad: [-1, 1.5, "1"] };

export const flags: Values = { good: [true, false], bad: [0, "true"] };

export const versions: Values = {
  good: ["3.4.0"],
  bad: ["", "3.4", "3", "3.4.0-experimental", "3.7.0", "3.6.0", "2.3.0", "4.0.0", "3.4.1", "x", 3.4],
};
