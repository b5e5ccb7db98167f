import { config, directory, file, fileFromDisk } from "../../index.ts";
import type { Fragment } from "../../index.ts";
import { scripts } from "../base/base-machine.ts";
import type { EtcdClient, TlsIdentity } from "../role.ts";

/** What a machine needs to use etcd: the identity and the shell library. */
export function etcdClient(client: EtcdClient): Fragment {
  const { storage } = config(
    tlsFiles("/etc/paasmas/etcd-client", client),
    fileFromDisk({ path: `${scripts}/etcd.sh`, from: new URL("etcd.sh", import.meta.url) }),
  );
  return { storage };
}

/** The endpoints as the scripts take them. */
export function etcdEndpoints(client: EtcdClient): { ETCD_ENDPOINTS: string } {
  return { ETCD_ENDPOINTS: client.endpoints.join(",") };
}

/**
 * An identity as `ca.pem`, `certificate.pem` and `key.pem` in a folder. The key can be read by `uid` alone (default
 * root): by number, because a container's user has no name on the machine.
 */
export function tlsFiles(folder: string, { ca, certificate, privateKey }: TlsIdentity, uid = 0): Fragment {
  const { storage } = config(
    directory({ path: folder }),
    file({ path: `${folder}/ca.pem`, text: ca }),
    file({ path: `${folder}/certificate.pem`, text: certificate }),
    file({ path: `${folder}/key.pem`, text: privateKey, mode: 0o400, user: uid }),
  );
  return { storage };
}
