import { type ComponentChildren, render } from 'preact';
import { lazy, LocationProvider, Route, Router, useLocation } from 'preact-iso';
import { useEffect } from 'preact/hooks';
import type { SessionView } from '../../src/server/session-views.js';
import type { NowView } from '../../src/server/views.js';
import { Icon, type IconName, Mark } from './icons.js';
import { Login } from './login.js';
import { Agency, linkedWorkspace, openLinked, openWorkspace } from './pages/agency.js';
import { Attention } from './pages/attention.js';
import { Dialogue } from './pages/dialogue.js';
import { Funnels } from './pages/funnels.js';
import { Leads } from './pages/leads.js';
import { People } from './pages/people.js';
import { Rules } from './pages/rules.js';
import { Today } from './pages/today.js';
import { Why } from './pages/why.js';
import { Action, Empty, said, Title } from './parts.js';
import {
  askSession,
  embedded,
  isConnected,
  isIn,
  listen,
  mayAct,
  rememberClock,
  session,
  useServer,
} from './server.js';
import { readerAhead } from './format.js';
import './style.css';

interface PageLink {
  readonly path: string;
  readonly name: string;
  readonly icon: IconName;
}

const PAGES: readonly PageLink[] = [
  { path: '/', name: 'Today', icon: 'today' },
  { path: '/attention', name: 'Needs you', icon: 'attention' },
  { path: '/drafts', name: 'Drafts', icon: 'drafts' },
  { path: '/people', name: 'People', icon: 'people' },
  { path: '/leads', name: 'Leads', icon: 'leads' },
  { path: '/funnels', name: 'Funnels', icon: 'funnels' },
  { path: '/rules', name: 'Rules', icon: 'rules' },
  { path: '/unanswered', name: 'Unanswered', icon: 'unanswered' },
];

/** Pages that are loaded when they are opened. */
const Unanswered = lazy(() => import('./pages/unanswered.js').then((page) => page.Unanswered));
const ReadRule = lazy(() => import('./pages/read-rule.js').then((page) => page.ReadRule));
const Drafts = lazy(() => import('./pages/drafts.js').then((page) => page.Drafts));
const Editor = lazy(() => import('./pages/editor.js').then((page) => page.Editor));

const MODES = {
  live: 'Live: replies are sent',
  approve: 'Approve: replies wait until you approve them',
  shadow: 'Shadow: nothing is sent',
} as const;

function Nowhere() {
  return (
    <>
      <Title>Nothing here</Title>
      <Empty>There is no such page.</Empty>
    </>
  );
}

function Shell() {
  const { path } = useLocation();
  const { data } = useServer<NowView>('/api/now');
  useEffect(listen, []);
  const isOf = (page: string) =>
    page === '/' ? path === '/' || path.startsWith('/events') : path.startsWith(page);
  return (
    <>
      <a class="skip" href="#main">
        To the page
      </a>
      <nav aria-label="Pages">
        <span class="brand">
          <Mark />
          {session.value?.workspace ? <bdi>{session.value.workspace}</bdi> : 'Autoresponder'}
        </span>
        {session.value?.agency === 'one' && (
          <Action reads label="All workspaces" act={() => openWorkspace(null)} />
        )}
        <div class="links">
          {PAGES.map(({ path: page, name, icon }) => (
            <a key={page} href={page} aria-current={isOf(page) ? 'page' : undefined}>
              <Icon name={icon} />
              {name}
              <Badge n={openOf(data, page)} />
            </a>
          ))}
        </div>
        {data && (
          <span class={`mode ${data.isPaused ? 'paused' : data.mode}`} title={MODES[data.mode]}>
            {data.isPaused ? 'Paused' : MODES[data.mode].split(':')[0]}
          </span>
        )}
      </nav>
      <Main>
        <Router>
          <Route path="/" component={Today} />
          <Route path="/attention" component={Attention} />
          <Route path="/drafts" component={Drafts} />
          <Route path="/people" component={People} />
          <Route path="/people/:account/:contact" component={Dialogue} />
          <Route path="/leads" component={Leads} />
          <Route path="/funnels" component={Funnels} />
          <Route path="/rules" component={Rules} />
          <Route path="/rules/:file" component={Editor} />
          <Route path="/unanswered" component={Unanswered} />
          <Route path="/unanswered/:rule" component={ReadRule} />
          <Route path="/events/:id" component={Why} />
          <Route default component={Nowhere} />
        </Router>
      </Main>
    </>
  );
}

/** Number of open entries of a page; for People those who wait for a human. */
function openOf(now: NowView | null, page: string): number | undefined {
  if (page === '/attention') return now?.attention;
  if (page === '/people') return now?.humans;
  return page === '/drafts' ? now?.drafts : 0;
}

/** The number of open entries of a page. */
function Badge({ n = 0 }: { readonly n: number | undefined }) {
  if (n === 0) return null;
  return (
    <span class="badge">
      {n}
      <span class="unseen"> open</span>
    </span>
  );
}

/** The view over all workspaces has one page. */
function AgencyShell() {
  useEffect(listen, []);
  return (
    <>
      <nav aria-label="Pages">
        <span class="brand">
          <Mark />
          All workspaces
        </span>
      </nav>
      <Main>
        <Agency />
      </Main>
    </>
  );
}

function Main({ children }: { readonly children: ComponentChildren }) {
  return (
    <>
      <p class="unseen" role="status">
        {said.value}
      </p>
      <main id="main">
        {!isConnected.value && (
          <p class="fault" role="alert">
            The program does not respond: this page may be out of date.
          </p>
        )}
        {!mayAct.value && (
          <p class="note">
            You can read everything here and change nothing: the token of <bdi>{session.value?.name}</bdi> has
            the role viewer. The owner can give it another role in{' '}
            {(session.value?.workspace ?? null) === null ? (
              <code>server.tokens</code>
            ) : (
              <>
                <code>tokens</code> of the workspace
              </>
            )}
            .
          </p>
        )}
        {children}
      </main>
    </>
  );
}

function App() {
  useEffect(() => {
    if (isIn.value === null) void askSession();
  }, []);
  const linked = isIn.value ? linkedWorkspace() : null;
  useEffect(() => {
    if (linked !== null) void openLinked(linked);
  }, [linked]);
  if (isIn.value === null || linked !== null) return null;
  if (!isIn.value) return <Login />;
  return <LocationProvider>{session.value?.agency === 'all' ? <AgencyShell /> : <Shell />}</LocationProvider>;
}

// A page that was served without data belongs to a caller without a session.
const known = embedded?.get('/session') as SessionView | undefined;
if (known) {
  session.value = known;
  isIn.value = known.isIn;
}
rememberClock(readerAhead());
const root = document.getElementById('app');
if (root) render(<App />, root);
