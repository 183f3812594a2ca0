import type { LeadsView } from '../../../src/server/views.js';
import { dateOf, personName, timeOf } from '../format.js';
import { Card, Known, Said, Teach, Title } from '../parts.js';
import { useServer } from '../server.js';

/** Contact data from funnels, such as e-mail addresses. */
export function Leads() {
  const { data, error } = useServer<LeadsView>('/api/leads');
  return (
    <>
      <Title>Leads</Title>
      <Known data={data} error={error}>
        {(view) => (view.leads.length === 0 ? <NoLeads /> : <Table {...view} />)}
      </Known>
    </>
  );
}

function NoLeads() {
  return (
    <Card title="Nobody has left anything yet">
      <Teach icon="leads">
        <p>
          A rule can ask for an e-mail address or anything else and save the answer: add <code>then:</code>{' '}
          with <code>ask: {'{ expect: email, save: email }'}</code> to it. What people answer shows here as a
          table that you can download.
        </p>
      </Teach>
    </Card>
  );
}

function Table({ leads, fields }: LeadsView) {
  return (
    <Card
      title="What people told you"
      aside={
        <a class="button" href="/api/leads.csv" download="leads.csv">
          Download as CSV
        </a>
      }
    >
      <div class="scroll" tabIndex={0} role="region" aria-label="Leads">
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              {fields.map((field) => (
                <th key={field} scope="col">
                  <bdi>{field}</bdi>
                </th>
              ))}
              <th scope="col">Account</th>
              <th scope="col">When</th>
            </tr>
          </thead>
          <tbody>
            {leads.map((lead) => (
              <tr key={`${lead.account} ${lead.contactId}`}>
                <td>
                  <a
                    href={`/people/${encodeURIComponent(lead.account)}/${encodeURIComponent(lead.contactId)}`}
                    title={lead.contactId}
                  >
                    <bdi>{personName(lead.name ?? lead.contactId)}</bdi>
                  </a>
                </td>
                {fields.map((field) => (
                  <td key={field}>
                    <Said text={lead.fields[field] ?? ''} />
                  </td>
                ))}
                <td>{lead.account}</td>
                <td>
                  <time dateTime={new Date(lead.at).toISOString()} title={dateOf(lead.at)}>
                    {timeOf(lead.at)}
                  </time>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
