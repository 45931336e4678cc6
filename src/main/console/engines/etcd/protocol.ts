/**
 * The part of etcd's v3 gRPC API that the console asks, written from the public API (etcd documentation, "API reference";
 * field numbers as in api/etcdserverpb/rpc.proto). Kept as a descriptor in code, so that no file is read at run time.
 */
import { fromJSON, type ServiceDefinition } from '@grpc/proto-loader'
import type { MethodDefinition } from '@grpc/grpc-js'
import * as v from 'valibot'
import { present } from '../../../../core/base'

const field = (type: string, id: number) => ({ type, id })
const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id })
const unary = (requestType: string, responseType: string) => ({ requestType, responseType, comment: '' })

const DESCRIPTOR: Parameters<typeof fromJSON>[0] = {
  nested: {
    etcdserverpb: {
      nested: {
        ResponseHeader: { fields: { cluster_id: field('uint64', 1), member_id: field('uint64', 2), revision: field('int64', 3),
          raft_term: field('uint64', 4) } },
        StatusRequest: { fields: {} },
        StatusResponse: {
          fields: {
            header: field('ResponseHeader', 1), version: field('string', 2), dbSize: field('int64', 3), leader: field('uint64', 4),
            raftIndex: field('uint64', 5), raftTerm: field('uint64', 6), raftAppliedIndex: field('uint64', 7), errors: repeated('string', 8),
            dbSizeInUse: field('int64', 9), isLearner: field('bool', 10), storageVersion: field('string', 11), dbSizeQuota: field('int64', 12),
          },
        },
        Member: {
          fields: {
            ID: field('uint64', 1), name: field('string', 2), peerURLs: repeated('string', 3), clientURLs: repeated('string', 4),
            isLearner: field('bool', 5),
          },
        },
        MemberListRequest: { fields: { linearizable: field('bool', 1) } },
        MemberListResponse: { fields: { header: field('ResponseHeader', 1), members: repeated('Member', 2) } },
        AuthenticateRequest: { fields: { name: field('string', 1), password: field('string', 2) } },
        AuthenticateResponse: { fields: { header: field('ResponseHeader', 1), token: field('string', 2) } },
        Maintenance: { methods: { Status: unary('StatusRequest', 'StatusResponse') } },
        Cluster: { methods: { MemberList: unary('MemberListRequest', 'MemberListResponse') } },
        Auth: { methods: { Authenticate: unary('AuthenticateRequest', 'AuthenticateResponse') } },
      },
    },
  },
}

const loaded = fromJSON(DESCRIPTOR, { keepCase: true, longs: String, enums: String, defaults: true, arrays: true })

function method(service: string, name: string): MethodDefinition<object, object> {
  const definition = loaded[`etcdserverpb.${service}`] as ServiceDefinition | undefined
  return present(definition?.[name], `the descriptor has ${service}.${name}`)
}

export const METHODS = {
  status: method('Maintenance', 'Status'),
  memberList: method('Cluster', 'MemberList'),
  authenticate: method('Auth', 'Authenticate'),
} as const

/** For a server in a test. */
export const SERVICES = {
  maintenance: loaded['etcdserverpb.Maintenance'] as ServiceDefinition,
  cluster: loaded['etcdserverpb.Cluster'] as ServiceDefinition,
  auth: loaded['etcdserverpb.Auth'] as ServiceDefinition,
} as const

const u64 = v.pipe(v.string(), v.regex(/^-?\d{1,20}$/), v.transform((text) => BigInt(text)))
/** Member and cluster ids exceed 2^53; people and etcdctl write them in hexadecimal. */
const hexId = v.pipe(u64, v.transform((id) => id.toString(16)))
const header = v.object({ cluster_id: hexId, member_id: hexId })

export const statusSchema = v.object({
  header,
  version: v.string(),
  dbSize: u64,
  dbSizeInUse: u64,
  dbSizeQuota: u64,
  leader: hexId,
  raftIndex: u64,
  raftTerm: u64,
  raftAppliedIndex: u64,
  errors: v.array(v.string()),
  isLearner: v.boolean(),
})
export type EtcdStatus = v.InferOutput<typeof statusSchema>

export const memberListSchema = v.object({
  header,
  members: v.array(v.object({ ID: hexId, name: v.string(), peerURLs: v.array(v.string()), clientURLs: v.array(v.string()),
    isLearner: v.boolean() })),
})
export type EtcdMember = v.InferOutput<typeof memberListSchema>['members'][number]

export const authenticateSchema = v.object({ token: v.string() })

/** How Status writes "there is no leader". */
export const NO_LEADER = '0'
