FROM python:3.12-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements.lock requirements-dev.lock ./
RUN pip install --constraint requirements-dev.lock hatchling \
    && python -m venv --without-pip /opt/dateline \
    && pip --python /opt/dateline install --only-binary :all: --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY evaluation evaluation
COPY prompts prompts
COPY retrieval retrieval
COPY seeds seeds
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && pip --python /opt/dateline install --no-deps dist/*.whl

FROM python:3.12-slim
RUN useradd --uid 10001 --user-group --home-dir /data --no-create-home --shell /usr/sbin/nologin dateline \
    && install --directory --owner dateline --group dateline /data
COPY --from=build /opt/dateline /opt/dateline
COPY seeds /app/seeds
# Bytecode is compiled above; the root file system may be read-only.
ENV PATH=/opt/dateline/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATELINE_CORPUS=/app/seeds \
    DATELINE_DATA_DIR=/data
WORKDIR /app
USER 10001:10001
VOLUME /data
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["dateline", "health"]
ENTRYPOINT ["dateline"]
CMD ["run"]
