--
-- PostgreSQL database dump
--

\restrict jWwGdwTRIGYE0aBeVsFxO5VdYsfGcSn2X5Xbi9KEIWsURyg0SBIeqUHQtmSEBAU

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: sales; Type: SCHEMA; Schema: -; Owner: postgres
--

CREATE SCHEMA sales;


ALTER SCHEMA sales OWNER TO postgres;

--
-- Name: citext; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;


--
-- Name: EXTENSION citext; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION citext IS 'data type for case-insensitive character strings';


--
-- Name: one(); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.one() RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT 1;
END;


ALTER FUNCTION public.one() OWNER TO postgres;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: Order items; Type: TABLE; Schema: sales; Owner: postgres
--

CREATE TABLE sales."Order items" (
    id bigint NOT NULL,
    customer integer,
    quantity integer,
    CONSTRAINT "Order items_quantity_check" CHECK ((quantity > 0))
);


ALTER TABLE sales."Order items" OWNER TO postgres;

--
-- Name: busy; Type: VIEW; Schema: public; Owner: postgres
--

CREATE VIEW public.busy AS
 SELECT "Order items".customer,
    count(*) AS count
   FROM sales."Order items"
  GROUP BY "Order items".customer;


ALTER TABLE public.busy OWNER TO postgres;

--
-- Name: empty; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.empty (
    a integer
);


ALTER TABLE public.empty OWNER TO postgres;

--
-- Name: Order items_id_seq; Type: SEQUENCE; Schema: sales; Owner: postgres
--

ALTER TABLE sales."Order items" ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME sales."Order items_id_seq"
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: customers; Type: TABLE; Schema: sales; Owner: postgres
--

CREATE TABLE sales.customers (
    id integer NOT NULL,
    name text NOT NULL,
    note text
);


ALTER TABLE sales.customers OWNER TO postgres;

--
-- Name: customers_id_seq; Type: SEQUENCE; Schema: sales; Owner: postgres
--

CREATE SEQUENCE sales.customers_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER TABLE sales.customers_id_seq OWNER TO postgres;

--
-- Name: customers_id_seq; Type: SEQUENCE OWNED BY; Schema: sales; Owner: postgres
--

ALTER SEQUENCE sales.customers_id_seq OWNED BY sales.customers.id;


--
-- Name: customers id; Type: DEFAULT; Schema: sales; Owner: postgres
--

ALTER TABLE ONLY sales.customers ALTER COLUMN id SET DEFAULT nextval('sales.customers_id_seq'::regclass);


--
-- Data for Name: empty; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.empty (a) FROM stdin;
\.


--
-- Data for Name: Order items; Type: TABLE DATA; Schema: sales; Owner: postgres
--

COPY sales."Order items" (id, customer, quantity) FROM stdin;
1	2	1
2	3	2
3	4	3
4	5	4
5	6	5
6	7	6
7	8	7
8	9	8
9	10	9
10	1	10
11	2	11
12	3	12
13	4	13
14	5	14
15	6	15
16	7	16
17	8	17
18	9	18
19	10	19
20	1	20
21	2	21
22	3	22
23	4	23
24	5	24
25	6	25
\.


--
-- Data for Name: customers; Type: TABLE DATA; Schema: sales; Owner: postgres
--

COPY sales.customers (id, name, note) FROM stdin;
1	customer 1	it's; $$
2	customer 2	\N
3	customer 3	tab\tline\nback\\slash
4	customer 4	it's; $$
5	customer 5	\N
6	customer 6	tab\tline\nback\\slash
7	customer 7	it's; $$
8	customer 8	\N
9	customer 9	tab\tline\nback\\slash
10	customer 10	it's; $$
\.


--
-- Name: Order items_id_seq; Type: SEQUENCE SET; Schema: sales; Owner: postgres
--

SELECT pg_catalog.setval('sales."Order items_id_seq"', 25, true);


--
-- Name: customers_id_seq; Type: SEQUENCE SET; Schema: sales; Owner: postgres
--

SELECT pg_catalog.setval('sales.customers_id_seq', 10, true);


--
-- Name: Order items Order items_pkey; Type: CONSTRAINT; Schema: sales; Owner: postgres
--

ALTER TABLE ONLY sales."Order items"
    ADD CONSTRAINT "Order items_pkey" PRIMARY KEY (id);


--
-- Name: customers customers_pkey; Type: CONSTRAINT; Schema: sales; Owner: postgres
--

ALTER TABLE ONLY sales.customers
    ADD CONSTRAINT customers_pkey PRIMARY KEY (id);


--
-- Name: Order items_customer_idx; Type: INDEX; Schema: sales; Owner: postgres
--

CREATE INDEX "Order items_customer_idx" ON sales."Order items" USING btree (customer);


--
-- Name: Order items Order items_customer_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: postgres
--

ALTER TABLE ONLY sales."Order items"
    ADD CONSTRAINT "Order items_customer_fkey" FOREIGN KEY (customer) REFERENCES sales.customers(id);


--
-- PostgreSQL database dump complete
--

\unrestrict jWwGdwTRIGYE0aBeVsFxO5VdYsfGcSn2X5Xbi9KEIWsURyg0SBIeqUHQtmSEBAU

