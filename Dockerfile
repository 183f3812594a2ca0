# docker build -t blotato-autoresponder . ; see docs/operations.md
FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci --no-audit --no-fund && npm pack --ignore-scripts --pack-destination /tmp

FROM node:22-bookworm-slim
COPY --from=build /tmp/*.tgz /tmp/package.tgz
RUN npm install --global --omit=dev --no-audit --no-fund /tmp/package.tgz && rm -rf /tmp/package.tgz /root/.npm
# Configuration and rules are mounted read-only; only the store is written.
RUN install -d -o node -g node /app/data
WORKDIR /app
USER node
ENV NODE_ENV=production
VOLUME /app/data
EXPOSE 8787
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s \
  CMD ["autoresponder", "status", "--health", "--config", "/app/config.yaml"]
ENTRYPOINT ["autoresponder"]
CMD ["run", "--config", "/app/config.yaml"]
