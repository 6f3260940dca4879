//! The stubs of the services exist on both sides, under the right names, and talk to each other.

use baton_proto::c1::connector::v2::resource_types_service_client::ResourceTypesServiceClient;
use baton_proto::c1::connector::v2::resource_types_service_server::{
    ResourceTypesService, ResourceTypesServiceServer,
};
use baton_proto::c1::connector::v2::{
    ResourceType, ResourceTypesServiceListResourceTypesRequest as ListRequest,
    ResourceTypesServiceListResourceTypesResponse as ListResponse,
};
use baton_proto::c1::connectorapi::baton::v1::BatonServiceUploadAssetRequest as UploadRequest;
use baton_proto::c1::connectorapi::baton::v1::baton_service_client::BatonServiceClient;
use baton_proto::c1::connectorapi::baton::v1::baton_service_server::SERVICE_NAME;
use baton_proto::c1::connectorapi::baton::v1::baton_service_upload_asset_request::{Msg, UploadData};
use tonic::codegen::tokio_stream;
use tonic::{Code, Request, Response, Status};

struct Fake;

#[tonic::async_trait]
impl ResourceTypesService for Fake {
    async fn list_resource_types(
        &self,
        request: Request<ListRequest>,
    ) -> Result<Response<ListResponse>, Status> {
        let id = request.into_inner().page_token;
        let list = vec![ResourceType { id, ..ResourceType::default() }];
        Ok(Response::new(ListResponse { list, ..ListResponse::default() }))
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn a_client_reaches_a_server() {
    let mut client = ResourceTypesServiceClient::new(ResourceTypesServiceServer::new(Fake));
    let request = ListRequest { page_token: "echo".to_owned(), ..ListRequest::default() };
    let response = run(client.list_resource_types(request)).unwrap().into_inner();
    assert_eq!(response.list[0].id, "echo");
}

/// The client of C1's service uploads a stream; a server of another service does not know the call.
#[test]
fn the_service_of_c1_takes_an_upload() {
    let mut client = BatonServiceClient::new(ResourceTypesServiceServer::new(Fake));
    let upload = tokio_stream::iter([UploadRequest { msg: Some(Msg::Data(UploadData { data: vec![1] })) }]);
    assert_eq!(run(client.upload_asset(upload)).unwrap_err().code(), Code::Unimplemented);
    assert_eq!(SERVICE_NAME, "c1.connectorapi.baton.v1.BatonService");
}
