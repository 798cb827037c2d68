-- Times are seconds since 1970; what has a shape of its own is JSON, as the models of framewright.model write it.

CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order in which they were asked for
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    attempt INTEGER NOT NULL DEFAULT 1,
    restarts INTEGER NOT NULL DEFAULT 0,       -- times that the service died while it ran
    request TEXT NOT NULL,
    source TEXT NOT NULL,
    upload TEXT REFERENCES uploads (id) ON DELETE SET NULL,
    request_id TEXT,
    trace TEXT,
    created REAL NOT NULL,
    queued REAL NOT NULL,                      -- when it last took its place in the queue
    started REAL,
    ended REAL,
    board TEXT,                                -- what its page shows, as of its last event
    error TEXT,
    output TEXT,
    report TEXT
);
CREATE INDEX jobs_by_state ON jobs (state, queued, number);
CREATE INDEX jobs_by_owner ON jobs (owner, number);
CREATE INDEX jobs_by_upload ON jobs (upload);

CREATE TABLE events (
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    id INTEGER NOT NULL,
    at REAL NOT NULL,
    told TEXT NOT NULL,
    PRIMARY KEY (job, id)
) WITHOUT ROWID;

CREATE TABLE keys (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,                      -- of the request that it came with
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    at REAL NOT NULL,
    PRIMARY KEY (owner, key)
) WITHOUT ROWID;

CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,                      -- of the whole project
    files INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    pages TEXT NOT NULL,                       -- a JSON list of its HTML files
    created REAL NOT NULL,
    used REAL NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX uploads_by_content ON uploads (owner, digest);
CREATE INDEX uploads_by_time ON uploads (created, id);

CREATE TABLE plans (
    digest TEXT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,                        -- a plan holds its own files: no upload stays for it
    created REAL NOT NULL,
    used REAL NOT NULL,
    PRIMARY KEY (digest, owner)
) WITHOUT ROWID;

CREATE TABLE tokens (
    id TEXT PRIMARY KEY,                       -- stands in the token itself, to find it by
    name TEXT NOT NULL UNIQUE,
    digest BLOB NOT NULL,                      -- of its secret, which is kept nowhere
    scopes TEXT NOT NULL,
    created REAL NOT NULL,
    expires REAL,
    used REAL
) WITHOUT ROWID;

CREATE TABLE deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order in which they are sent
    id TEXT NOT NULL UNIQUE,
    job TEXT NOT NULL,                         -- which may be another machine's
    told INTEGER NOT NULL,                     -- the id of the event in its story
    event TEXT NOT NULL,
    url TEXT NOT NULL,
    body TEXT NOT NULL,
    created REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at REAL,                              -- null: it is over
    delivered REAL,
    answer TEXT,                               -- what the last attempt came to
    UNIQUE (job, told)
);
CREATE INDEX deliveries_by_time ON deliveries (next_at);
