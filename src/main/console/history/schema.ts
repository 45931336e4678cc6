/** "QRTE": tells our files from other SQLite databases. */
export const APPLICATION_ID = 0x51525445

/** Each entry takes the file from the version that is its index to the next. Never change one that was released. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE document (scope TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (scope, key)) WITHOUT ROWID;

  CREATE TABLE series (
    id INTEGER PRIMARY KEY, cluster_id TEXT NOT NULL, node_id TEXT NOT NULL, metric TEXT NOT NULL, peer_id TEXT NOT NULL,
    UNIQUE (cluster_id, node_id, metric, peer_id)
  );
  CREATE TABLE times (id INTEGER PRIMARY KEY, to_ms INTEGER NOT NULL, data BLOB NOT NULL);
  CREATE INDEX times_by_end ON times (to_ms);
  CREATE TABLE chunk (
    id INTEGER PRIMARY KEY, series_id INTEGER NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, count INTEGER NOT NULL,
    minimum REAL, maximum REAL, last REAL, sum REAL, times_id INTEGER NOT NULL, data BLOB NOT NULL
  );
  CREATE INDEX chunk_by_series ON chunk (series_id, to_ms);
  CREATE TABLE sample_head (id INTEGER PRIMARY KEY, cluster_id TEXT NOT NULL, data BLOB NOT NULL);
  CREATE INDEX sample_head_by_cluster ON sample_head (cluster_id);

  CREATE TABLE stream (id INTEGER PRIMARY KEY, cluster_id TEXT NOT NULL, node_id TEXT NOT NULL, UNIQUE (cluster_id, node_id));
  CREATE TABLE segment (id INTEGER PRIMARY KEY, stream_id INTEGER NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, data BLOB NOT NULL);
  CREATE INDEX segment_by_stream ON segment (stream_id, from_ms);
  CREATE TABLE observation_head (id INTEGER PRIMARY KEY, stream_id INTEGER NOT NULL, at_ms INTEGER NOT NULL, data BLOB NOT NULL);
  CREATE INDEX observation_head_by_stream ON observation_head (stream_id);
  CREATE TABLE expected (cluster_id TEXT NOT NULL, at_ms INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (cluster_id, at_ms)) WITHOUT ROWID;

  CREATE TABLE event (
    id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, cluster_id TEXT, node_id TEXT, kind TEXT NOT NULL, severity TEXT NOT NULL,
    sentence TEXT NOT NULL, words TEXT NOT NULL
  );
  CREATE INDEX event_by_cluster ON event (cluster_id, id);
  CREATE INDEX event_by_time ON event (at_ms);

  CREATE TABLE alert (id TEXT PRIMARY KEY, cluster_id TEXT NOT NULL, since_ms INTEGER NOT NULL, resolved_at_ms INTEGER, state TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX alert_by_end ON alert (resolved_at_ms);
  CREATE TABLE alert_transition (id INTEGER PRIMARY KEY, alert_id TEXT NOT NULL, at_ms INTEGER NOT NULL, state TEXT NOT NULL);
  CREATE INDEX alert_transition_by_alert ON alert_transition (alert_id, at_ms);
  `,
]

/** Tables that hold rows of one cluster directly. */
export const CLUSTER_TABLES = ['sample_head', 'expected', 'event', 'alert', 'series', 'stream'] as const
