-- One of every kind of object that pg_dump writes, for a superuser in an empty database of PostgreSQL 15. Roles must be there: zoo_owner, zoo_reader.

CREATE SCHEMA app;
CREATE SCHEMA "Odd ""schema"" name" AUTHORIZATION zoo_owner;
COMMENT ON SCHEMA app IS 'holds it''s ; -- own $$ traps';
GRANT USAGE ON SCHEMA app TO zoo_reader, zoo_owner;
ALTER DEFAULT PRIVILEGES FOR ROLE zoo_owner IN SCHEMA app GRANT SELECT ON TABLES TO zoo_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE zoo_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE EXTENSION hstore SCHEMA app;
CREATE EXTENSION btree_gist;
CREATE EXTENSION citext;
CREATE EXTENSION postgres_fdw;
CREATE EXTENSION file_fdw;
COMMENT ON EXTENSION hstore IS 'pairs';

-- types
CREATE TYPE app.mood AS ENUM ('sad', 'ok', 'it''s "great"; really');
ALTER TYPE app.mood ADD VALUE 'fine' BEFORE 'ok';
CREATE TYPE app.address AS (street text, "House No" integer, moods app.mood[]);
COMMENT ON TYPE app.address IS 'where';
COMMENT ON COLUMN app.address.street IS 'name of the street';
CREATE DOMAIN app.positive AS integer DEFAULT 1 NOT NULL CONSTRAINT above_zero CHECK (VALUE > 0);
COMMENT ON CONSTRAINT above_zero ON DOMAIN app.positive IS 'more than nothing';
CREATE DOMAIN app.short_text AS text COLLATE "C" CHECK (length(VALUE) < 1000);
CREATE FUNCTION app.money_diff(numeric, numeric) RETURNS double precision LANGUAGE sql IMMUTABLE AS 'SELECT ($1 - $2)::double precision';
CREATE TYPE app.price_range AS RANGE (subtype = numeric, subtype_diff = app.money_diff, multirange_type_name = app.price_multirange);
CREATE TYPE app.shell_only;
CREATE COLLATION app.by_code (provider = libc, locale = 'C');
CREATE COLLATION app.numeric_icu (provider = icu, locale = 'en-u-kn-true', deterministic = false);

-- a base type of our own, from the functions of another
CREATE TYPE app.tag;
CREATE FUNCTION app.tag_in(cstring) RETURNS app.tag LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION app.tag_out(app.tag) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE app.tag (INPUT = app.tag_in, OUTPUT = app.tag_out, LIKE = text);

-- functions, procedures, aggregates
CREATE FUNCTION app.add_sql(a integer, b integer DEFAULT 2) RETURNS integer LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT CASE WHEN a > 0 THEN a + b ELSE b END; SELECT a + b; END;
CREATE FUNCTION app.return_only(a integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN a * 2;
CREATE FUNCTION app."Odd ""name""; drop"(x text, OUT y text, VARIADIC z integer[]) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, app COST 77 AS $body$
BEGIN
  -- a comment; with 'quotes' and "more
  y := x || $q$ ; $$ $q$ || array_length(z, 1);
END $body$;
CREATE FUNCTION app.slashes() RETURNS text LANGUAGE plpgsql AS E'BEGIN RETURN ''back\\\\slash '' || E''\\''''; END';
CREATE FUNCTION app.rows_of(n integer) RETURNS TABLE (id integer, name text) LANGUAGE sql ROWS 5 AS $$ SELECT g, 'row ' || g FROM generate_series(1, n) g; $$;
CREATE PROCEDURE app.tidy(INOUT n integer) LANGUAGE plpgsql AS $$ BEGIN n := n + 1; COMMIT; END; $$;
CREATE PROCEDURE app.atomic_one() LANGUAGE sql BEGIN ATOMIC SELECT 1; END;
COMMENT ON FUNCTION app.add_sql(integer, integer) IS E'adds\nover two lines';
GRANT EXECUTE ON FUNCTION app.add_sql(integer, integer) TO zoo_reader;
CREATE FUNCTION app.join_step(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT coalesce($1 || ',', '') || $2 $$;
CREATE AGGREGATE app.joined(text) (SFUNC = app.join_step, STYPE = text, INITCOND = '');
CREATE AGGREGATE app.middle(double precision ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA) ;
COMMENT ON AGGREGATE app.joined(text) IS 'comma';

-- casts, operators, classes, families, conversions, languages, access methods, transforms
CREATE FUNCTION app.address_text(app.address) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT ($1).street $$;
CREATE CAST (app.address AS text) WITH FUNCTION app.address_text(app.address) AS ASSIGNMENT;
CREATE FUNCTION app.near(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT abs($1 - $2) < 10 $$;
CREATE OPERATOR app.<~> (LEFTARG = integer, RIGHTARG = integer, FUNCTION = app.near, COMMUTATOR = OPERATOR(app.<~>));
COMMENT ON OPERATOR app.<~> (integer, integer) IS 'near';
CREATE OPERATOR FAMILY app.backwards USING btree;
CREATE FUNCTION app.backwards_cmp(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT btint4cmp($2, $1) $$;
CREATE OPERATOR CLASS app.int_backwards FOR TYPE integer USING btree FAMILY app.backwards AS
  OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 app.backwards_cmp(integer, integer);
CREATE CONVERSION app.latin_to_utf FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE ACCESS METHOD heap_again TYPE TABLE HANDLER heap_tableam_handler;

-- text search
CREATE TEXT SEARCH DICTIONARY app.plain (TEMPLATE = pg_catalog.simple, STOPWORDS = 'english');
CREATE TEXT SEARCH CONFIGURATION app.words (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION app.words ALTER MAPPING FOR asciiword WITH app.plain;
CREATE TEXT SEARCH PARSER app.parser (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE app.template (LEXIZE = dsimple_lexize, INIT = dsimple_init);

-- sequences
CREATE SEQUENCE app.plain_seq;
CREATE SEQUENCE app.down_seq AS smallint INCREMENT -3 MINVALUE -100 MAXVALUE -1 START -1 CYCLE CACHE 5;
CREATE UNLOGGED SEQUENCE app."Never used";
SELECT nextval('app.plain_seq'), nextval('app.plain_seq'), nextval('app.down_seq');
COMMENT ON SEQUENCE app.plain_seq IS 'counts';

-- tables
CREATE TABLE app.customers (
  id integer GENERATED ALWAYS AS IDENTITY (START 10 INCREMENT 5) PRIMARY KEY,
  name citext COLLATE "C" NOT NULL,
  mood app.mood DEFAULT 'ok',
  home app.address,
  attributes app.hstore,
  tags app.tag,
  age app.positive,
  "Weird "" column; --" text DEFAULT E'a\\b''c',
  full_name text GENERATED ALWAYS AS (lower(name::text) || '!') STORED,
  doubled integer GENERATED ALWAYS AS (app.return_only(10)) STORED,
  prices app.price_multirange,
  note text COMPRESSION pglz,
  CONSTRAINT name_not_empty CHECK (length(name::text) > 0),
  CONSTRAINT not_checked CHECK (age < 1000) NO INHERIT
) WITH (fillfactor = 70, autovacuum_enabled = false);
COMMENT ON TABLE app.customers IS 'who buys';
COMMENT ON COLUMN app.customers."Weird "" column; --" IS 'odd';
COMMENT ON CONSTRAINT name_not_empty ON app.customers IS 'must have one';
ALTER TABLE app.customers ALTER COLUMN note SET STORAGE EXTERNAL, ALTER COLUMN name SET STATISTICS 500, ALTER COLUMN name SET (n_distinct = 100), OWNER TO zoo_owner;
GRANT SELECT (id, name), UPDATE (name) ON app.customers TO zoo_reader;
INSERT INTO app.customers (name, mood, home, attributes, tags, age, note, prices)
  SELECT 'customer ' || g, (enum_range(NULL::app.mood))[1 + g % 4], ROW('street ' || g, g, ARRAY['ok', 'sad']::app.mood[])::app.address,
    app.hstore('k', g::text), app.tag_in(textout('t' || g)), g,
    CASE WHEN g % 3 = 0 THEN NULL ELSE E'tab\there\nline; \\. \\N ''q'' "d" \r back\\slash é ü ' || repeat('x', g % 50) END,
    '{[1,3), [5,9)}'
  FROM generate_series(1, 500) g;

CREATE TABLE app.orders (
  id bigserial, customer integer NOT NULL, ordered timestamptz DEFAULT now(), amount numeric(12, 2), payload jsonb, raw bytea, during tstzrange,
  CONSTRAINT orders_pkey PRIMARY KEY (id) INCLUDE (amount), CONSTRAINT orders_once UNIQUE NULLS NOT DISTINCT (customer, id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO app.orders (customer, ordered, amount, payload, raw, during)
  SELECT 10 + 5 * (g % 500), '2026-01-01Z'::timestamptz + g * interval '1 minute', g * 1.25, jsonb_build_object('n', g, 'text', E'a\\b"c\n'), decode(md5(g::text), 'hex'),
    tstzrange('2026-01-01Z'::timestamptz + g * interval '1 minute', '2026-01-01Z'::timestamptz + (g + 1) * interval '1 minute') FROM generate_series(1, 3000) g;
CREATE TABLE app.empty_one (a integer, b text);
CREATE TABLE app.no_columns ();
INSERT INTO app.no_columns DEFAULT VALUES;
INSERT INTO app.no_columns DEFAULT VALUES;
CREATE UNLOGGED TABLE app.unlogged_one (a integer PRIMARY KEY);
INSERT INTO app.unlogged_one SELECT generate_series(1, 10);
CREATE TABLE app.typed OF app.address (street PRIMARY KEY, "House No" WITH OPTIONS DEFAULT 7);
INSERT INTO app.typed VALUES ('s', 1, NULL);
CREATE TABLE app.other_am (a integer) USING heap_again;
CREATE TABLE app.dropped_column (a integer, gone text, b text NOT NULL);
ALTER TABLE app.dropped_column DROP COLUMN gone;
INSERT INTO app.dropped_column VALUES (1, 'one'), (2, E'\\.'), (3, '');
CREATE TABLE "Odd ""schema"" name"."two
lines" ("select" integer, "new
line" text);
INSERT INTO "Odd ""schema"" name"."two
lines" VALUES (1, 'x');
COMMENT ON TABLE "Odd ""schema"" name"."two
lines" IS 'a name of two lines';

-- inheritance
CREATE TABLE app.animals (name text NOT NULL, legs integer DEFAULT 4 CHECK (legs >= 0));
CREATE TABLE app.birds (can_fly boolean, legs integer DEFAULT 2) INHERITS (app.animals);
CREATE TABLE app.both (extra text) INHERITS (app.birds);
INSERT INTO app.animals VALUES ('cat');
INSERT INTO app.birds (name, can_fly) VALUES ('owl', true);
INSERT INTO app.both (name, extra) VALUES ('emu', 'runs');

-- partitions: range, list, hash, default, nested, with different column order
CREATE TABLE app.events (id bigint GENERATED BY DEFAULT AS IDENTITY, at date NOT NULL, kind text NOT NULL, body text, PRIMARY KEY (at, kind, id)) PARTITION BY RANGE (at);
CREATE TABLE app.events_2025 PARTITION OF app.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (kind);
CREATE TABLE app.events_2025_a PARTITION OF app.events_2025 FOR VALUES IN ('a', 'b');
CREATE TABLE app.events_2025_rest PARTITION OF app.events_2025 DEFAULT;
CREATE TABLE app.events_2026 (kind text NOT NULL, body text DEFAULT 'own', id bigint NOT NULL, at date NOT NULL);
ALTER TABLE app.events ATTACH PARTITION app.events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE app.events_default PARTITION OF app.events DEFAULT;
CREATE INDEX events_body ON app.events (body);
CREATE INDEX events_expression ON app.events (lower(kind), at DESC NULLS LAST) WHERE body IS NOT NULL;
CREATE UNIQUE INDEX events_2026_only ON app.events_2026 (id);
INSERT INTO app.events (at, kind, body) SELECT '2024-12-01'::date + g, chr(97 + g % 5), 'body ' || g FROM generate_series(1, 900) g;
CREATE TABLE app.hashed (id integer NOT NULL, v text) PARTITION BY HASH (id);
CREATE TABLE app.hashed_0 PARTITION OF app.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE app.hashed_1 PARTITION OF app.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
ALTER TABLE app.hashed ADD PRIMARY KEY (id);
INSERT INTO app.hashed SELECT g, 'v' || g FROM generate_series(1, 200) g;

-- keys: foreign, circular, deferred, to and from partitions, on itself, not valid, with actions
ALTER TABLE app.orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer) REFERENCES app.customers ON UPDATE CASCADE ON DELETE SET NULL (customer) NOT VALID;
ALTER TABLE app.orders VALIDATE CONSTRAINT orders_customer;
COMMENT ON CONSTRAINT orders_customer ON app.orders IS 'who';
CREATE TABLE app.hen (id integer PRIMARY KEY, egg integer);
CREATE TABLE app.egg (id integer PRIMARY KEY, hen integer);
INSERT INTO app.hen VALUES (1, 2), (2, 1);
INSERT INTO app.egg VALUES (1, 1), (2, 2);
ALTER TABLE app.hen ADD CONSTRAINT hen_egg FOREIGN KEY (egg) REFERENCES app.egg DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE app.egg ADD CONSTRAINT egg_hen FOREIGN KEY (hen) REFERENCES app.hen MATCH FULL;
CREATE TABLE app.tree (id integer PRIMARY KEY, parent integer REFERENCES app.tree, path text);
INSERT INTO app.tree SELECT g, nullif(g + 1, 301), 'p' FROM generate_series(1, 300) g;
CREATE TABLE app.to_partitions (at date, kind text, id bigint, h integer REFERENCES app.hashed, FOREIGN KEY (at, kind, id) REFERENCES app.events);
INSERT INTO app.to_partitions SELECT at, kind, id, 1 + id % 200 FROM app.events LIMIT 100;
CREATE TABLE app.from_partitions (id integer, c integer REFERENCES app.customers, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE app.from_partitions_1 PARTITION OF app.from_partitions FOR VALUES FROM (0) TO (100);
CREATE TABLE app.from_partitions_2 PARTITION OF app.from_partitions FOR VALUES FROM (100) TO (200);
INSERT INTO app.from_partitions SELECT g, 10 FROM generate_series(1, 150) g;
ALTER TABLE app.empty_one ADD CONSTRAINT not_valid_yet CHECK (a > 0) NOT VALID;
ALTER TABLE app.empty_one ADD CONSTRAINT not_valid_key FOREIGN KEY (a) REFERENCES app.hen NOT VALID;
CREATE TABLE app.bookings (room integer, during tsrange, EXCLUDE USING gist (room WITH =, during WITH &&));
INSERT INTO app.bookings SELECT g % 10, tsrange('2026-01-01'::timestamp + g * interval '1 day', '2026-01-01'::timestamp + (g + 1) * interval '1 day') FROM generate_series(1, 100) g;

-- indexes
CREATE INDEX customers_lower ON app.customers (lower(name::text) text_pattern_ops) WITH (fillfactor = 80);
CREATE INDEX customers_partial ON app.customers (age) WHERE mood = 'ok' AND note <> 'it''s; "x"';
CREATE INDEX customers_hash ON app.customers USING hash (age);
CREATE INDEX customers_home ON app.customers (((home).street), (age + 1));
CREATE INDEX customers_backwards ON app.customers (age app.int_backwards);
ALTER INDEX app.customers_home ALTER COLUMN 2 SET STATISTICS 77;
COMMENT ON INDEX app.customers_lower IS 'for searching';
CREATE INDEX orders_payload ON app.orders USING gin (payload jsonb_path_ops);
CREATE INDEX orders_during ON app.orders USING gist (during);
CREATE INDEX orders_ordered ON app.orders USING brin (ordered) WITH (pages_per_range = 16);
CREATE INDEX orders_covering ON app.orders (customer) INCLUDE (amount, ordered);
CREATE UNIQUE INDEX orders_unique ON app.orders (id, customer) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX orders_identity ON app.orders (customer, id);
ALTER TABLE app.orders CLUSTER ON orders_covering;
ALTER TABLE app.orders REPLICA IDENTITY USING INDEX orders_identity;
ALTER TABLE app.hen REPLICA IDENTITY FULL;
CREATE STATISTICS app.orders_stats (ndistinct, dependencies) ON customer, amount FROM app.orders;
CREATE STATISTICS app.expression_stats ON (extract(hour FROM ordered)), customer FROM app.orders;
ALTER STATISTICS app.orders_stats SET STATISTICS 99;
COMMENT ON STATISTICS app.orders_stats IS 'together';

-- views, also over each other, recursive, grouped by a key, with options
CREATE VIEW app.happy AS SELECT id, name, mood FROM app.customers WHERE mood = 'ok' WITH LOCAL CHECK OPTION;
CREATE VIEW app.happier WITH (security_barrier = true) AS SELECT * FROM app.happy WHERE id > 100;
ALTER VIEW app.happy ALTER COLUMN mood SET DEFAULT 'ok';
CREATE VIEW app.grouped AS SELECT c.id, c.name, c.mood, count(*) AS orders FROM app.customers c JOIN app.orders o ON o.customer = c.id GROUP BY c.id;
CREATE RECURSIVE VIEW app.ancestors (id, parent, depth) AS
  SELECT id, parent, 1 FROM app.tree WHERE parent IS NULL UNION ALL SELECT t.id, t.parent, a.depth + 1 FROM app.tree t JOIN ancestors a ON t.parent = a.id;
CREATE VIEW app.loop_a AS SELECT 1 AS x;
CREATE VIEW app.loop_b AS SELECT x FROM app.loop_a;
CREATE OR REPLACE VIEW app.loop_a AS SELECT id AS x FROM app.tree WHERE id < 5;
COMMENT ON VIEW app.happy IS 'good ones';
CREATE FUNCTION app.count_grouped() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM app.grouped; END;

-- materialized views, on each other, with indexes, one without data
CREATE MATERIALIZED VIEW app.totals AS SELECT customer, sum(amount) AS total FROM app.orders GROUP BY customer;
CREATE UNIQUE INDEX totals_customer ON app.totals (customer);
CREATE MATERIALIZED VIEW app.big_totals AS SELECT * FROM app.totals WHERE total > 1000;
CREATE INDEX big_totals_total ON app.big_totals (total);
CREATE MATERIALIZED VIEW app.a_before_b AS SELECT count(*) FROM app.big_totals;
CREATE MATERIALIZED VIEW app.not_filled AS SELECT 1 AS one WITH NO DATA;
COMMENT ON MATERIALIZED VIEW app.totals IS 'sums';

-- rules, triggers of each kind
CREATE TABLE app.log (what text);
CREATE RULE no_delete AS ON DELETE TO app.customers DO INSTEAD NOTHING;
CREATE RULE log_hen AS ON INSERT TO app.hen DO ALSO (INSERT INTO app.log (what) VALUES ('hen; one'); INSERT INTO app.log (what) VALUES ('two'));
CREATE RULE into_view AS ON INSERT TO app.happier DO INSTEAD INSERT INTO app.log (what) VALUES (new.name);
COMMENT ON RULE no_delete ON app.customers IS 'stay';
CREATE FUNCTION app.on_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO app.log (what) VALUES (tg_name); RETURN coalesce(new, old); END $$;
CREATE TRIGGER customers_before BEFORE INSERT OR UPDATE OF name, age ON app.customers FOR EACH ROW WHEN (new.name <> 'ON app.x') EXECUTE FUNCTION app.on_change('a', 'b;c');
CREATE TRIGGER orders_statement AFTER UPDATE ON app.orders REFERENCING OLD TABLE AS "before" NEW TABLE AS "after" FOR EACH STATEMENT EXECUTE FUNCTION app.on_change();
CREATE CONSTRAINT TRIGGER orders_late AFTER INSERT ON app.orders FROM app.customers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.on_change();
CREATE TRIGGER happy_instead INSTEAD OF UPDATE ON app.grouped FOR EACH ROW EXECUTE FUNCTION app.on_change();
CREATE TRIGGER events_row AFTER INSERT ON app.events FOR EACH ROW EXECUTE FUNCTION app.on_change();
CREATE TRIGGER tree_truncate BEFORE TRUNCATE ON app.tree EXECUTE FUNCTION app.on_change();
ALTER TABLE app.tree DISABLE TRIGGER tree_truncate;
ALTER TABLE app.customers ENABLE ALWAYS TRIGGER customers_before;
ALTER TABLE app.events_2026 DISABLE TRIGGER events_row;
COMMENT ON TRIGGER customers_before ON app.customers IS 'watches';
CREATE FUNCTION app.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO app.log (what) VALUES (tg_tag); END $$;
CREATE EVENT TRIGGER zoo_ddl ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE INDEX') EXECUTE FUNCTION app.on_ddl();
COMMENT ON EVENT TRIGGER zoo_ddl IS 'must not see the load';

-- row security
ALTER TABLE app.customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.orders FORCE ROW LEVEL SECURITY;
CREATE POLICY readers ON app.customers AS RESTRICTIVE FOR SELECT TO zoo_reader USING (id > 0 AND name <> 'x;y');
CREATE POLICY writers ON app.orders FOR INSERT WITH CHECK (amount > 0);
COMMENT ON POLICY readers ON app.customers IS 'who sees';

-- foreign data
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'nowhere.invalid', dbname 'x');
CREATE USER MAPPING FOR zoo_owner SERVER elsewhere OPTIONS (user 'u', password 'secret');
CREATE FOREIGN TABLE app.remote (a integer OPTIONS (column_name 'b'), c text) SERVER elsewhere OPTIONS (table_name 'y');
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE app.passwd (line text) SERVER files OPTIONS (filename '/etc/passwd');
CREATE FOREIGN DATA WRAPPER own_wrapper OPTIONS (debug 'true');
CREATE TABLE app.near_and_far (at date) PARTITION BY RANGE (at);
CREATE FOREIGN TABLE app.far PARTITION OF app.near_and_far FOR VALUES FROM ('2030-01-01') TO ('2031-01-01') SERVER elsewhere;
COMMENT ON SERVER elsewhere IS 'far';

-- publications, subscriptions
CREATE PUBLICATION all_tables FOR ALL TABLES WITH (publish = 'insert');
CREATE PUBLICATION partly FOR TABLE app.hen, app.tree (id, path) WHERE (id > 5) WITH (publish = 'insert');
CREATE PUBLICATION of_schema FOR TABLES IN SCHEMA app;
CREATE SUBSCRIPTION from_far CONNECTION 'host=nowhere.invalid' PUBLICATION p WITH (connect = false, slot_name = NONE);
COMMENT ON PUBLICATION partly IS 'a part';

-- large objects
SELECT lo_from_bytea(777001, decode(repeat('00ff5c27', 20000), 'hex')), lo_from_bytea(777002, ''), lo_create(777003);
COMMENT ON LARGE OBJECT 777001 IS 'large';
ALTER LARGE OBJECT 777002 OWNER TO zoo_owner;
GRANT SELECT ON LARGE OBJECT 777001 TO zoo_reader;

-- what hangs on the extension's table and on rights
CREATE TABLE app.granted (a integer);
GRANT ALL ON app.granted TO zoo_owner WITH GRANT OPTION;
REVOKE ALL ON app.granted FROM postgres;
GRANT TRUNCATE, REFERENCES ON app.granted TO PUBLIC;
GRANT USAGE ON SEQUENCE app.plain_seq TO zoo_reader;
REVOKE USAGE ON TYPE app.mood FROM PUBLIC;
