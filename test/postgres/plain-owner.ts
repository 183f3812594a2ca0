import { openPostgres } from '../../src/store/postgres/open.js';

/** The address of the database for a new role that may create its schema, and is no superuser. Drops the schema. */
export async function asPlainOwner(database: string): Promise<string> {
  const url = new URL(database);
  const name = `plain_${url.pathname.slice(6)}`;
  const { admin, close } = await openPostgres(database);
  await admin.query(`drop schema autoresponder cascade; create role ${name} login;
    grant create, connect on database ${url.pathname.slice(1)} to ${name}`);
  await close();
  url.username = name;
  return url.href;
}
