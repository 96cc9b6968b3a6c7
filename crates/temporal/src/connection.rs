//! The way to a Temporal service. Address, namespace, API key and certificates come from Temporal's own settings: the `TEMPORAL_…` variables and
//! its settings file, as every Temporal program reads them.

use crate::codec::Keys;
use crate::workflow::{KIND, ORGANIZATION, PATHWAY, STAGE, STATE};
use naru_domain::AggregateId;
use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;
use temporalio_client::envconfig::{ConfigError, LoadClientConfigProfileOptions};
use temporalio_client::errors::{ClientConnectError, ClientNewError};
use temporalio_client::tonic::{Code, IntoRequest, Status};
use temporalio_client::{Client, ClientOptions, Connection, ConnectionOptions, NamespacedClient};
use temporalio_common::data_converters::{
    DataConverter, DefaultFailureConverter, PayloadConverter,
};
use temporalio_common::protos::temporal::api::enums::v1::IndexedValueType;
use temporalio_common::protos::temporal::api::operatorservice::v1::AddSearchAttributesRequest;
use temporalio_common::protos::temporal::api::operatorservice::v1::ListSearchAttributesRequest;
use temporalio_common::protos::temporal::api::workflowservice::v1::DescribeNamespaceRequest;
use tokio::time::Instant;

/// How long a service that starts up is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long to wait between two tries.
const PAUSE: Duration = Duration::from_millis(500);

/// Why there is no way to the service.
#[derive(Debug, thiserror::Error)]
pub enum ConnectFault {
    /// Temporal's own settings cannot be used.
    #[error("Temporal's settings cannot be used: {0}")]
    Settings(#[from] ConfigError),
    /// Nobody answers.
    #[error("Temporal at {address} cannot be reached: {}", bottom_of(.source))]
    Unreachable {
        /// Where.
        address: String,
        /// Why.
        source: ClientConnectError,
    },
    /// The client cannot be made.
    #[error("Temporal's client cannot be made: {0}")]
    Client(#[from] ClientNewError),
    /// The namespace is not there.
    #[error(
        "Temporal at {address} has no namespace `{namespace}`; make it there, or name another in TEMPORAL_NAMESPACE"
    )]
    NoNamespace {
        /// Where.
        address: String,
        /// Which.
        namespace: String,
    },
    /// The service refuses.
    #[error("Temporal at {address} refuses: {status}")]
    Refused {
        /// Where.
        address: String,
        /// What it said.
        status: Box<Status>,
    },
}

/// How to reach the service, beyond what Temporal's own settings say.
#[derive(Clone, Debug)]
pub struct ConnectOptions {
    /// The address, in place of the one in Temporal's settings.
    pub address: Option<String>,
    /// The installation's name: the task queue that clients and workers meet at, and what the ids of workflows begin with. Installations that
    /// share a namespace must not share it.
    pub task_queue: String,
    /// Keys that payloads are encrypted with.
    pub keys: Option<Keys>,
}

impl Default for ConnectOptions {
    fn default() -> Self {
        Self {
            address: None,
            task_queue: "naru".to_owned(),
            keys: None,
        }
    }
}

/// A way to the service that was tried.
#[derive(Clone)]
pub struct Connected {
    pub(crate) client: Client,
    pub(crate) task_queue: String,
    pub(crate) shows_labels: bool,
    address: String,
}

impl std::fmt::Debug for Connected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connected")
            .field("address", &self.address)
            .field("task_queue", &self.task_queue)
            .finish_non_exhaustive()
    }
}

impl Connected {
    /// Connects, and waits a while for a service that is starting up.
    pub async fn to(options: ConnectOptions) -> Result<Self, ConnectFault> {
        let settings = LoadClientConfigProfileOptions::default();
        let (mut connection, mut client) = ClientOptions::load_from_config(settings)?;
        if let Some(address) = &options.address {
            connection = with_address(connection, address)?;
        }
        if let Some(keys) = options.keys {
            client.data_converter = DataConverter::new(
                PayloadConverter::default(),
                DefaultFailureConverter::new(true),
                keys,
            );
        }
        let address = connection.target.to_string();
        let until = Instant::now() + PATIENCE;
        let connection = loop {
            match Connection::connect(connection.clone()).await {
                Ok(connected) => break connected,
                Err(problem) if until < Instant::now() || is_final(&problem) => {
                    let source = problem;
                    return Err(ConnectFault::Unreachable { address, source });
                }
                Err(problem) => {
                    tracing::warn!(address, %problem, "waiting for Temporal");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        };
        let client = Client::new(connection, client)?;
        let mut connected = Self {
            client,
            task_queue: options.task_queue,
            shows_labels: false,
            address,
        };
        connected.find_namespace(until).await?;
        connected.shows_labels = connected.add_search_attributes().await;
        Ok(connected)
    }

    /// The namespace.
    pub fn namespace(&self) -> String {
        self.client.namespace()
    }

    /// The id of an aggregate's workflow.
    pub fn workflow_id(&self, aggregate: AggregateId) -> String {
        format!("{}.{aggregate}", self.task_queue)
    }

    /// The installation's name there.
    pub fn task_queue(&self) -> &str {
        &self.task_queue
    }

    /// Where the service is.
    pub fn address(&self) -> &str {
        &self.address
    }

    async fn find_namespace(&self, until: Instant) -> Result<(), ConnectFault> {
        let address = || self.address.clone();
        loop {
            let request = DescribeNamespaceRequest {
                namespace: self.namespace(),
                ..DescribeNamespaceRequest::default()
            };
            let mut service = self.client.connection().workflow_service();
            let found = service.describe_namespace(request.into_request()).await;
            let Err(status) = found else { return Ok(()) };
            match status.code() {
                Code::NotFound | Code::InvalidArgument => {
                    return Err(ConnectFault::NoNamespace {
                        address: address(),
                        namespace: self.namespace(),
                    });
                }
                Code::Unavailable | Code::DeadlineExceeded | Code::ResourceExhausted
                    if Instant::now() < until =>
                {
                    tokio::time::sleep(PAUSE).await;
                }
                Code::Ok
                | Code::Cancelled
                | Code::Unknown
                | Code::DeadlineExceeded
                | Code::AlreadyExists
                | Code::PermissionDenied
                | Code::ResourceExhausted
                | Code::FailedPrecondition
                | Code::Aborted
                | Code::OutOfRange
                | Code::Unimplemented
                | Code::Internal
                | Code::Unavailable
                | Code::DataLoss
                | Code::Unauthenticated => {
                    return Err(ConnectFault::Refused {
                        address: address(),
                        status: Box::new(status),
                    });
                }
            }
        }
    }

    /// Adds the search attributes to the namespace. Where that is not allowed to us and they are not there, workflows go without.
    async fn add_search_attributes(&self) -> bool {
        let wanted = [
            (KIND.name(), IndexedValueType::Keyword),
            (ORGANIZATION.name(), IndexedValueType::KeywordList),
            (PATHWAY.name(), IndexedValueType::Keyword),
            (STAGE.name(), IndexedValueType::KeywordList),
            (STATE.name(), IndexedValueType::Keyword),
        ];
        let wanted: HashMap<String, i32> = wanted
            .into_iter()
            .map(|(name, kind)| (name.to_owned(), kind.into()))
            .collect();
        let until = Instant::now() + PATIENCE;
        loop {
            let mut service = self.client.connection().operator_service();
            let list = ListSearchAttributesRequest {
                namespace: self.namespace(),
            };
            match service.list_search_attributes(list.into_request()).await {
                Ok(listed) => {
                    let known = listed.into_inner().custom_attributes;
                    if wanted.keys().all(|name| known.contains_key(name)) {
                        return true;
                    }
                }
                Err(status) => {
                    tracing::warn!(%status, "the search attributes cannot be listed");
                    return false;
                }
            }
            let add = AddSearchAttributesRequest {
                search_attributes: wanted.clone(),
                namespace: self.namespace(),
            };
            // Another process may add them at the same moment; the list above says what came of it.
            let added = service.add_search_attributes(add.into_request()).await;
            if let Err(status) = added
                && (until < Instant::now() || status.code() == Code::PermissionDenied)
            {
                tracing::warn!(%status, "the search attributes cannot be added; workflows go without");
                return false;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// The same way to another address.
fn with_address(
    mut options: ConnectionOptions,
    address: &str,
) -> Result<ConnectionOptions, ConnectFault> {
    let text = if address.contains("://") {
        address.to_owned()
    } else if options.tls_options.is_some() {
        format!("https://{address}")
    } else {
        format!("http://{address}")
    };
    let bad = |problem: url::ParseError| {
        ConfigError::InvalidConfig(format!("address `{address}`: {problem}"))
    };
    options.target = url::Url::parse(&text).map_err(bad)?;
    Ok(options)
}

/// Whether trying again cannot help.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the enum is not ours and may grow; what it adds is tried again"
)]
fn is_final(problem: &ClientConnectError) -> bool {
    match problem {
        ClientConnectError::InvalidUri(_)
        | ClientConnectError::InvalidHeaders(_)
        | ClientConnectError::InvalidConfig(_) => true,
        ClientConnectError::SystemInfoCallError(status) => {
            matches!(
                status.code(),
                Code::Unauthenticated | Code::PermissionDenied
            )
        }
        // A certificate does not get better by waiting.
        ClientConnectError::TonicTransportError(_) => bottom_of(problem)
            .to_ascii_lowercase()
            .contains("certificate"),
        _ => false,
    }
}

/// What lies at the bottom of it, in its own words.
fn bottom_of(problem: &ClientConnectError) -> String {
    let mut cause: &dyn Error = problem;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
