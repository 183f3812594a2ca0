import { render } from 'preact';
import { LocationProvider, Route, Router, useLocation } from 'preact-iso';
import { useEffect } from 'preact/hooks';
import type { NowView } from '../../src/server/views.js';
import { Login } from './login.js';
import { Attention } from './pages/attention.js';
import { Dialogue } from './pages/dialogue.js';
import { Funnels } from './pages/funnels.js';
import { Now } from './pages/now.js';
import { People } from './pages/people.js';
import { Rules } from './pages/rules.js';
import { Why } from './pages/why.js';
import { Empty, said, Title } from './parts.js';
import { askSession, isConnected, isIn, listen, useServer } from './server.js';
import './style.css';

const PAGES = [
  ['/', 'Now'],
  ['/attention', 'Needs attention'],
  ['/people', 'Conversations'],
  ['/funnels', 'Funnels'],
  ['/rules', 'Rules'],
] as const;

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
        <strong class="brand">Autoresponder</strong>
        <div class="links">
          {PAGES.map(([page, name]) => (
            <a key={page} href={page} aria-current={isOf(page) ? 'page' : undefined}>
              {name}
              {page === '/attention' && data !== null && data.attention > 0 && (
                <span class="badge">
                  {data.attention}
                  <span class="unseen"> open</span>
                </span>
              )}
            </a>
          ))}
        </div>
        {data && <span class={`mode ${data.mode}`}>{data.mode}</span>}
      </nav>
      <p class="unseen" role="status">
        {said.value}
      </p>
      <main id="main">
        {!isConnected.value && (
          <p class="fault" role="alert">
            The program does not answer: what you see may be old.
          </p>
        )}
        <Router>
          <Route path="/" component={Now} />
          <Route path="/attention" component={Attention} />
          <Route path="/people" component={People} />
          <Route path="/people/:account/:contact" component={Dialogue} />
          <Route path="/funnels" component={Funnels} />
          <Route path="/rules" component={Rules} />
          <Route path="/events/:id" component={Why} />
          <Route default component={Nowhere} />
        </Router>
      </main>
    </>
  );
}

function App() {
  useEffect(() => void askSession(), []);
  if (isIn.value === null) return null;
  return isIn.value ? (
    <LocationProvider>
      <Shell />
    </LocationProvider>
  ) : (
    <Login />
  );
}

const root = document.getElementById('app');
if (root) render(<App />, root);
