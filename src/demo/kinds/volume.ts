import { anything, boolean, int32, int64, listOf, mapOf, object, oneOf, quantity, string } from './schema.ts';
import { LOCAL_OBJECT_REFERENCE, OBJECT_FIELD_SELECTOR, RESOURCE_FIELD_SELECTOR } from './shared-types.ts';

const KEY_TO_PATH = object({ key: string, path: string }, { mode: int32 });
const CONFIG_MAP_VOLUME_SOURCE = object(
  {},
  { defaultMode: int32, items: listOf(KEY_TO_PATH), name: string, optional: boolean },
);
const CSI_VOLUME_SOURCE = object(
  { driver: string },
  {
    fsType: string,
    nodePublishSecretRef: LOCAL_OBJECT_REFERENCE,
    readOnly: boolean,
    volumeAttributes: mapOf(string),
  },
);
const DOWNWARD_API_VOLUME_FILE = object(
  { path: string },
  { fieldRef: OBJECT_FIELD_SELECTOR, mode: int32, resourceFieldRef: RESOURCE_FIELD_SELECTOR },
);
const DOWNWARD_API_VOLUME_SOURCE = object(
  {},
  { defaultMode: int32, items: listOf(DOWNWARD_API_VOLUME_FILE) },
);
const EMPTY_DIR_VOLUME_SOURCE = object({}, { medium: string, sizeLimit: quantity });
const HOST_PATH_VOLUME_SOURCE = object(
  { path: string },
  {
    type: oneOf(
      '',
      'BlockDevice',
      'CharDevice',
      'Directory',
      'DirectoryOrCreate',
      'File',
      'FileOrCreate',
      'Socket',
    ),
  },
);
const IMAGE_VOLUME_SOURCE = object(
  {},
  { pullPolicy: oneOf('Always', 'IfNotPresent', 'Never'), reference: string },
);
const NFS_VOLUME_SOURCE = object({ path: string, server: string }, { readOnly: boolean });
const PERSISTENT_VOLUME_CLAIM_VOLUME_SOURCE = object({ claimName: string }, { readOnly: boolean });
const CONFIG_MAP_PROJECTION = object({}, { items: listOf(KEY_TO_PATH), name: string, optional: boolean });
const DOWNWARD_API_PROJECTION = object({}, { items: listOf(DOWNWARD_API_VOLUME_FILE) });
const SECRET_PROJECTION = object({}, { items: listOf(KEY_TO_PATH), name: string, optional: boolean });
const SERVICE_ACCOUNT_TOKEN_PROJECTION = object(
  { path: string },
  { audience: string, expirationSeconds: int64 },
);
const VOLUME_PROJECTION = object(
  {},
  {
    clusterTrustBundle: anything,
    configMap: CONFIG_MAP_PROJECTION,
    downwardAPI: DOWNWARD_API_PROJECTION,
    podCertificate: anything,
    secret: SECRET_PROJECTION,
    serviceAccountToken: SERVICE_ACCOUNT_TOKEN_PROJECTION,
  },
);
const PROJECTED_VOLUME_SOURCE = object({}, { defaultMode: int32, sources: listOf(VOLUME_PROJECTION) });
const SECRET_VOLUME_SOURCE = object(
  {},
  { defaultMode: int32, items: listOf(KEY_TO_PATH), optional: boolean, secretName: string },
);
export const VOLUME = object(
  { name: string },
  {
    awsElasticBlockStore: anything,
    azureDisk: anything,
    azureFile: anything,
    cephfs: anything,
    cinder: anything,
    configMap: CONFIG_MAP_VOLUME_SOURCE,
    csi: CSI_VOLUME_SOURCE,
    downwardAPI: DOWNWARD_API_VOLUME_SOURCE,
    emptyDir: EMPTY_DIR_VOLUME_SOURCE,
    ephemeral: anything,
    fc: anything,
    flexVolume: anything,
    flocker: anything,
    gcePersistentDisk: anything,
    gitRepo: anything,
    glusterfs: anything,
    hostPath: HOST_PATH_VOLUME_SOURCE,
    image: IMAGE_VOLUME_SOURCE,
    iscsi: anything,
    nfs: NFS_VOLUME_SOURCE,
    persistentVolumeClaim: PERSISTENT_VOLUME_CLAIM_VOLUME_SOURCE,
    photonPersistentDisk: anything,
    portworxVolume: anything,
    projected: PROJECTED_VOLUME_SOURCE,
    quobyte: anything,
    rbd: anything,
    scaleIO: anything,
    secret: SECRET_VOLUME_SOURCE,
    storageos: anything,
    vsphereVolume: anything,
  },
);
