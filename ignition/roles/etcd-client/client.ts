import { config, directory, file, fileFromDisk } from "../../index.ts";
import type { Fragment } from "../../index.ts";
import { scripts } from "../base/base-machine.ts";
import type { EtcdClient, TlsIdentity } from "../role.ts";

/** The identity and the shell library that a machine needs to use etcd. */
export function etcdClient(client: EtcdClient): Fragment {
  const { storage } = config(
    tlsFiles("/etc/paasmas/etcd-client", client),
    fileFromDisk({ path: `${scripts}/etcd.sh`, from: new URL("etcd.sh", import.meta.url) }),
  );
  return { storage };
}

/** Endpoints of etcd as an environment variable of the scripts. */
export function etcdEndpoints(client: EtcdClient): { ETCD_ENDPOINTS: string } {
  return { ETCD_ENDPOINTS: client.endpoints.join(",") };
}

/**
 * An identity as `ca.pem`, `certificate.pem` and `key.pem` in a folder. Only `uid` can read the key.
 * @param uid User number, because users of a container have no name on the machine. Default: root.
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
