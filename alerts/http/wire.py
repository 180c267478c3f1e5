"""HTTP/1.1 itself: what is no HTTP is answered as any other error is, and nothing of it reaches a log."""

import uuid
from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from alerts.http import problems
from alerts.http.guard import security_headers


class Wire(H11Protocol):
    """uvicorn's protocol, with our words where there is no request yet that the app could answer."""

    def send_400_response(self, msg: str) -> None:
        """Say so with a problem document; where an answer has begun, cut it off.

        uvicorn would try to begin a second answer then, and what asyncio logs of that repeats the bytes that were sent.
        """
        del msg
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._say(problems.ApiProblem(400, "This is not HTTP/1.1. The connection is closed."))
        self.transport.close()

    def _say(self, problem: problems.ApiProblem) -> None:
        request_id = str(uuid.uuid4())
        answer = problems.problem_response(problem, request_id)
        headers = [*answer.raw_headers, *security_headers(request_id), (b"connection", b"close")]
        status = HTTPStatus(answer.status_code)
        for event in (
            h11.Response(status_code=status, headers=headers, reason=status.phrase.encode()),
            h11.Data(data=bytes(answer.body)),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
