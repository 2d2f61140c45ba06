-- Who may do what with the tables of schema.sql. Run once by their owner, after schema.sql, and again when it has gained a table:
--   psql -d DATABASE -f config/warehouse/schema.sql -f config/warehouse/grants.sql
-- Then give people and programs one of the two roles: grant countycast_read to alice; grant countycast_load to loader;

do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'countycast_read') then
        create role countycast_read nologin;
    end if;
    if not exists (select from pg_catalog.pg_roles where rolname = 'countycast_load') then
        create role countycast_load nologin;
    end if;
end
$$;

-- Readers ask; what is loaded they cannot change.
grant usage on schema countycast to countycast_read, countycast_load;
grant select on all tables in schema countycast to countycast_read;
alter default privileges in schema countycast grant select on tables to countycast_read;

-- The loader replaces days; it makes and drops no table.
grant select, insert, update, delete on all tables in schema countycast to countycast_load;
alter default privileges in schema countycast grant select, insert, update, delete on tables to countycast_load;
