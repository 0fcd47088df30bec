-- What a Supabase project has before its first migration, as far as migrations refer to it.
do $$
declare
  name text;
begin
  foreach name in array array['anon', 'authenticated', 'service_role', 'authenticator', 'supabase_admin',
    'supabase_auth_admin', 'supabase_storage_admin', 'dashboard_user'] loop
    if not exists (select from pg_roles where rolname = name) then
      execute format('create role %I', name);
    end if;
  end loop;
end $$;
create schema auth;
create schema storage;
create schema extensions;
create schema realtime;
create schema vault;
create schema graphql;
create schema graphql_public;
create schema cron;
create schema net;
grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
create table auth.users (
  instance_id uuid, id uuid primary key, aud varchar(255), role varchar(255), email varchar(255),
  encrypted_password varchar(255), email_confirmed_at timestamptz, invited_at timestamptz, confirmed_at timestamptz,
  confirmation_token varchar(255), last_sign_in_at timestamptz, raw_app_meta_data jsonb, raw_user_meta_data jsonb,
  is_super_admin boolean, created_at timestamptz, updated_at timestamptz, phone text, phone_confirmed_at timestamptz,
  banned_until timestamptz, deleted_at timestamptz, is_anonymous boolean, is_sso_user boolean
);
create table auth.identities (
  id uuid primary key, user_id uuid, provider text, identity_data jsonb, provider_id text, created_at timestamptz,
  updated_at timestamptz, last_sign_in_at timestamptz
);
create table auth.sessions (id uuid primary key, user_id uuid, aal text, created_at timestamptz, updated_at timestamptz);
create table auth.mfa_factors (id uuid primary key, user_id uuid, status text, factor_type text, friendly_name text);
create table storage.buckets (
  id text primary key, name text, owner uuid, public boolean, avif_autodetection boolean, file_size_limit bigint,
  allowed_mime_types text[], created_at timestamptz, updated_at timestamptz, owner_id text
);
create table storage.objects (
  id uuid primary key, bucket_id text, name text, owner uuid, owner_id text, metadata jsonb, user_metadata jsonb,
  path_tokens text[], version text, created_at timestamptz, updated_at timestamptz, last_accessed_at timestamptz
);
create table realtime.messages (
  id uuid primary key, topic text, extension text, payload jsonb, event text, private boolean, inserted_at timestamp
);
create table vault.secrets (id uuid primary key, name text, secret text);
create view vault.decrypted_secrets as select id, name, secret as decrypted_secret from vault.secrets;
alter table storage.objects enable row level security;
alter table storage.buckets enable row level security;
alter table realtime.messages enable row level security;
create function auth.uid() returns uuid language sql stable
  as $$ select nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$;
create function auth.role() returns text language sql stable
  as $$ select nullif(current_setting('request.jwt.claim.role', true), '')::text $$;
create function auth.email() returns text language sql stable
  as $$ select nullif(current_setting('request.jwt.claim.email', true), '')::text $$;
create function auth.jwt() returns jsonb language sql stable
  as $$ select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;
create function storage.foldername(name text) returns text[] language sql as $$ select string_to_array(name, '/') $$;
create function storage.filename(name text) returns text language sql as $$ select split_part(name, '/', -1) $$;
create function storage.extension(name text) returns text language sql as $$ select split_part(name, '.', -1) $$;
create function realtime.topic() returns text language sql stable
  as $$ select current_setting('realtime.topic', true) $$;
create publication supabase_realtime;
create extension if not exists pgcrypto schema extensions;
create extension if not exists "uuid-ossp" schema extensions;
create extension if not exists pg_stat_statements schema extensions;
